// Brings back what this computer has and the server has not, as after a crash or without a network.

import { choose } from "./choice.js";
import { bringNotesBack, fill, isSame, typedIn } from "./form.js";
import * as receipt from "./receipt.js";
import { copiesOf, drop, isDrafted, isOnServer, keepHere } from "./store.js";

const isOfThisItem = (desk, copy) =>
  copy.study === desk.study && copy.position === desk.position && copy.window !== desk.window;

// A copy goes on from what the page shows when its window wrote that, or had seen it.
function isContinuation(desk, copy) {
  const shown = desk.copy.known;
  return !shown || shown.startsWith(`${copy.window}:`) || shown === copy.known;
}

async function restore(desk, copy) {
  bringNotesBack(desk.form, copy.fields);
  if (isDrafted(copy) || isSame(copy.fields, typedIn(desk.form))) {
    await desk.keeping;
    return drop(copy);
  }
  if (copy.base !== desk.copy.base) {
    if ((await choose(desk, "saved", { here: copy.typedAt }, copy.fields)) === "there") return drop(copy);
  } else if (!isContinuation(desk, copy)) {
    const times = { here: copy.typedAt, there: desk.draftSavedAt };
    if ((await choose(desk, "draft", times, copy.fields)) === "there") return drop(copy);
  }
  fill(desk.form, copy.fields);
  receipt.sayDone(desk, "What you typed on this computer is back");
  if (await keepHere(desk)) await drop(copy);
}

export async function mount(desk) {
  const copies = await copiesOf(desk.owner).catch(() => []);
  const ofOtherItems = copies.filter((copy) => copy.window !== desk.window && !isOfThisItem(desk, copy));
  for (const copy of ofOtherItems.filter(isOnServer)) drop(copy);
  const ofThisItem = copies.filter(
    (copy) => isOfThisItem(desk, copy) && !copy.handedInTo && !copy.hasNotesOnly,
  );
  ofThisItem.sort((one, other) => other.typedAt - one.typedAt);
  for (const copy of ofThisItem) {
    if (desk.signal.aborted) return;
    await restore(desk, copy).catch(() => {});
  }
}
