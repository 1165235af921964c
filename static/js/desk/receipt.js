// The quiet line that says where the words are. It is a live region: what changes in a hidden part of it, as the
// time does with every save, is shown and not read out again.

const timeOf = (moment) => new Date(moment).toLocaleTimeString("en-GB");

function show(desk, isProblem, ...parts) {
  const line = desk.root.querySelector("[data-receipt]");
  line.toggleAttribute("data-problem", isProblem);
  line.replaceChildren(...parts);
}

export function sayDone(desk, sentence) {
  show(desk, false, sentence);
}

export function sayProblem(desk, sentence) {
  show(desk, true, sentence);
}

export function saySaved(desk, moment) {
  const shown = desk.root.querySelector("[data-receipt] [data-saved-at]");
  if (shown) {
    shown.textContent = timeOf(moment);
    return;
  }
  const time = document.createElement("time");
  time.dataset.savedAt = "";
  time.ariaHidden = "true";
  time.textContent = timeOf(moment);
  show(desk, false, "Saved ", time);
}

// The promise is made only where it is kept.
const whereItIs = (desk) =>
  desk.isKeptHere ? "kept on this computer" : "not kept: please leave this page open, and copy long texts";

export function sayOffline(desk) {
  const handedIn = desk.copy.handedInTo ? ". It is handed in as soon as the server answers" : "";
  sayProblem(desk, `Offline, ${whereItIs(desk)}${handedIn}`);
}

export function sayNoteWaits(desk) {
  sayProblem(desk, `Offline, the note is ${whereItIs(desk)}. It goes as soon as the server answers`);
}

export function saySignedOut(desk, reason) {
  const link = document.createElement("a");
  link.href = desk.signInUrl;
  link.target = "_blank";
  const where = document.createElement("span");
  where.className = "visually-hidden";
  where.textContent = " in a new window";
  link.append("Sign in", where);
  const sentence = `${(reason ?? "You are signed out.").replace(/\.$/, "")}; ${whereItIs(desk)}. `;
  show(desk, true, sentence, link);
}

export function sayNotSaved(desk, reason) {
  sayProblem(desk, `${reason} What you typed is ${whereItIs(desk)}.`);
}
