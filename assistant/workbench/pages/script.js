// What a page of forms lacks: after a message the answer is read out, and the field keeps the focus. Everything else
// works without this script.
const newest = document.querySelector("#turn-" + document.querySelectorAll(".turn[id]").length);
const isAnswer = newest !== null && location.hash === "#" + newest.id;
const tried = location.hash === "#again" ? document.querySelector("#again") : null;

if (isAnswer || tried) {
  const field = document.querySelector("#text");
  field.focus({ preventScroll: true });
  (tried ?? newest).scrollIntoView();
  const said = [...(tried ?? newest).querySelectorAll(".said-by-assistant")].map((bubble) => bubble.innerText.trim());
  const understood = (tried ?? newest).querySelector("summary").innerText.trim();
  // A status that is filled later is read out; one that is there from the start is not.
  setTimeout(() => {
    document.querySelector("#status").textContent = [...said, understood].join("\n");
  }, 300);
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
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
