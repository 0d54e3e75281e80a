// Keys on the approvals page: to the next and the previous card, to its note and to its buttons. No key decides by itself.

const cards = [...document.querySelectorAll("[data-ask]")];
let at = -1;

export function listen() {
  const keys = document.querySelector("[data-keys]");
  if (keys) keys.hidden = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target.matches("[name=note]")) cards[at]?.focus();
    if (event.target.matches("input, textarea, select")) return;
    const act = actions[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
  for (const [index, card] of cards.entries()) card.addEventListener("focusin", () => choose(index));
}

const actions = {
  j: () => go(at + 1),
  k: () => go(at - 1),
  n: () => within("[name=note]"),
  a: () => within("[data-approve]"),
  d: () => within("[data-deny]"),
};

function go(index) {
  choose(Math.min(Math.max(index, 0), cards.length - 1));
  cards[at].focus();
  cards[at].scrollIntoView({ block: "nearest" });
}

function choose(index) {
  cards[at]?.classList.remove("current");
  at = index;
  cards[at].classList.add("current");
}

function within(selector) {
  if (at < 0) choose(0);
  cards[at].querySelector(selector)?.focus();
}
