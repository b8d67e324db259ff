// One short conversation in Firefox, over WebDriver BiDi. Usage: node firefox.mjs ADDRESS PROGRAM; prints what it saw.

import puppeteer from "puppeteer-core";

const [address, executablePath] = process.argv.slice(2);
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
try {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.evaluateOnNewDocument(() => {
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) => window.violations.push(event.blockedURI));
  });
  await page.goto(address);

  const inChat = (selector) => `arc-chat >>> ${selector}`;
  const text = (selector) => page.$eval(inChat(selector), (element) => element.textContent);
  const wait = (selector) => page.waitForSelector(inChat(selector), { timeout: 20_000 });
  const open = async () => {
    await (await wait(".launcher")).click();
    await wait("dialog[open] [role=log]");
  };
  await open();
  await (await wait(".suggestions button")).click();
  await wait(".turn:nth-child(1) .tools");
  await page.keyboard.type("je voudrais faire un don");
  await page.keyboard.press("Enter");
  await wait(".turn:nth-child(2) .tools");
  const link = await page.$eval(inChat("a.card"), (element) => element.href);
  await page.reload();
  await open();
  await wait(".turn:nth-child(2) .tools");
  await page.keyboard.press("Escape");
  await page.waitForSelector(inChat("dialog[open]"), { hidden: true, timeout: 5_000 });
  const focused = await page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.className);
  const violations = await page.evaluate(() => window.violations);
  const foreign = (item) => !item.includes("favicon.ico"); // Firefox asks for the page's own icon
  const version = await browser.version();
  process.stdout.write(
    JSON.stringify({
      version,
      log: await text("[role=log]"),
      link,
      focused,
      violations: violations.filter(foreign),
      errors: errors.filter(foreign),
    }),
  );
} finally {
  await browser.close();
}
