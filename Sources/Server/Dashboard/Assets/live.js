// The server says when something changed; the page is fetched again, and each part marked data-live takes its new content.

const live = document.querySelector("[data-live-state]");

export function follow() {
  if (!live || !("EventSource" in window)) return;
  listen();
  lookAgainIfOld(document);
}

function listen() {
  const events = new EventSource(live.dataset.events);
  events.addEventListener("open", () => say("on", "Live"));
  events.addEventListener("error", () => {
    say("off", "Connecting");
    // A browser comes back by itself but after an answer that is no stream.
    if (events.readyState === EventSource.CLOSED) setTimeout(startAnew, 2000);
  });
  events.addEventListener("changed", refresh);
  addEventListener("pagehide", () => events.close(), { once: true });
}

// The session may be over: then the page is asked for again, and leads to the sign-in. Else what was missed is fetched.
async function startAnew() {
  try {
    const answer = await fetch(location.href, { headers: { "Paitify-Background": "1" }, redirect: "manual" });
    if (answer.type === "opaqueredirect") return location.reload();
    if (answer.ok) {
      listen();
      return refresh();
    }
  } catch {
    // The server is away.
  }
  setTimeout(startAnew, 5000);
}

function say(state, text) {
  live.dataset.state = state;
  live.textContent = text;
}

let running = false;
let again = false;

// A page that takes long to make is asked for less often.
function restAfter(milliseconds) {
  return Math.min(Math.max(250, 5 * milliseconds), 30000);
}

async function refresh() {
  if (running) { again = true; return; }
  running = true;
  again = false;
  const start = performance.now();
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html", "Paitify-Background": "1" }, redirect: "error" });
    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    say("off", "Connecting");
  } finally {
    running = false;
    const rest = restAfter(performance.now() - start);
    if (again) setTimeout(refresh, rest);
  }
}

function show(fresh) {
  for (const part of document.querySelectorAll("[data-live][id]")) {
    const next = fresh.getElementById(part.id);
    // What somebody is using is left alone: it would vanish under their hands.
    if (!next || !next.hasAttribute("data-live") || next.innerHTML === part.innerHTML) continue;
    if (part.contains(document.activeElement) && document.activeElement !== document.body) continue;
    if (part.querySelector("details[open]")) continue;
    part.replaceChildren(...next.childNodes);
    part.dispatchEvent(new Event("paitify:shown", { bubbles: true }));
    part.classList.add("changed");
    part.addEventListener("animationend", () => part.classList.remove("changed"), { once: true });
  }
  announce(fresh);
  lookAgainIfOld(fresh);
}

// What was shown may have been taken before the latest change, where taking it is dear.
function lookAgainIfOld(page) {
  if (page.querySelector("[data-old]")) setTimeout(refresh, 5000);
}

// A list that a person decides on is never changed under their hands; it says that it is old instead.
function announce(fresh) {
  const text = live.dataset.announce;
  if (!text) return;
  const ids = (page) => [...page.querySelectorAll("[data-ask]")].map((ask) => ask.id).join();
  if (ids(fresh) === ids(document) || document.getElementById("news")) return;
  const news = document.createElement("p");
  news.id = "news";
  news.className = "notice wait";
  news.setAttribute("role", "status");
  const link = document.createElement("a");
  link.href = "/approvals";
  link.textContent = "Show them";
  news.append(text, ". ", link);
  document.querySelector(".page-head").after(news);
}
