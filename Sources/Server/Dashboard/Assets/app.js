// What the pages gain by scripting: figures that follow the books, keys on the keyboard, copying. All else works without.

function dress(part) {
  if (navigator.clipboard) for (const button of part.querySelectorAll("[data-copy]")) button.hidden = false;
  for (const time of part.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.title = at.toLocaleString();
  }
}

dress(document);
// From live.js: a part of the page has new content.
document.addEventListener("paitify:shown", (event) => dress(event.target));

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const source = button && document.getElementById(button.dataset.copy);
  if (!source) return;
  await navigator.clipboard.writeText(source.textContent.trim());
  const label = button.textContent;
  if (label === "Copied") return;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 2000);
});

// After a form that was refused, whoever cannot see the page is where it says why.
const refusal = document.querySelector("main [role=alert]");
if (refusal && !document.querySelector("[autofocus]")) {
  refusal.tabIndex = -1;
  refusal.focus();
}

// Where the navigation is one line that scrolls, the page that is open is in sight.
const nav = document.getElementById("nav");
const current = nav?.querySelector("[aria-current]");
if (current && nav.scrollWidth > nav.clientWidth) nav.scrollLeft = current.offsetLeft - (nav.clientWidth - current.offsetWidth) / 2;

import("./live.js").then(({ follow }) => follow());
if (document.querySelector("[data-ask]")) import("./approvals.js").then(({ listen }) => listen());
