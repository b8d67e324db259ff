// What a page of forms lacks: after a message the answer is read out, and the field keeps the focus. Everything else
// works without this script.
const turns = document.querySelectorAll(".turn[id]");
const newest = [document.querySelector("#again"), turns[turns.length - 1]].find(
  (element) => element && location.hash === `#${element.id}`,
);

function announce() {
  document.querySelector("#text").focus({ preventScroll: true });
  const said = [...newest.querySelectorAll(".said-by-assistant"), newest.querySelector("summary")];
  // A status that is filled later is read out; one that is there from the start is not.
  document.querySelector("#status").textContent = said.map((element) => element.innerText.trim()).join("\n");
}

if (newest) {
  // Later than « load »: going to the part of the page that the address names takes the focus away.
  window.addEventListener("load", () => setTimeout(announce, 200));
}

// A second press while the first is on its way changes nothing.
for (const form of document.querySelectorAll('form[method="post"]')) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    setTimeout(() => {
      sent = false; // a download leaves the page as it is
    }, 3000);
  });
}

// A page that « back » brings out of the browser's memory may show what is no longer so.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
