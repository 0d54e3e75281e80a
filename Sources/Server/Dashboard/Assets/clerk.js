// Shows Clerk's sign-in, and exchanges the session that it begins for one of the dashboard's own.

const place = document.getElementById("clerk");
const problem = document.getElementById("clerk-problem");

function fail(text) {
  problem.textContent = text;
  problem.hidden = false;
}

let isEntering = false;

async function enter(clerk) {
  if (isEntering) return;
  isEntering = true;
  const token = await clerk.session.getToken();
  const answer = await fetch("/sign-in/clerk", { method: "POST", body: new URLSearchParams({ token }) });
  if (answer.ok) {
    location.assign(place.dataset.next);
  } else {
    isEntering = false;
    fail(`The dashboard did not take the sign-in (status ${answer.status}). Try again, or ask whoever operates it.`);
  }
}

async function start(clerk) {
  await clerk.load();
  // Whoever signs out here signs out there, or the next page would sign them in again.
  if ("signedOut" in place.dataset && clerk.session) await clerk.signOut();
  if (clerk.session) return enter(clerk);
  const options = { signInUrl: place.dataset.signInUrl, signUpUrl: place.dataset.signUpUrl };
  if (place.dataset.mode === "sign-up") clerk.mountSignUp(place, options);
  else clerk.mountSignIn(place, options);
  clerk.addListener(({ session }) => {
    if (session) enter(clerk).catch(() => fail("The dashboard cannot be reached."));
  });
}

if (window.Clerk) start(window.Clerk).catch((error) => fail(`Clerk's sign-in did not start: ${error.message}`));
else fail("Clerk's sign-in could not be loaded.");
