// The desk's keys. Without this module the desk works by mouse, touch, Tab and arrows.
//
// A key of a button or link stands in its data-key; those of the criteria are here. In a text nothing but Esc, Tab
// and Ctrl+Enter is a command.

import {
  chosenOf,
  criteriaOf,
  criterionWithFocus,
  focusRationale,
  focusScale,
  isRationaleMissing,
  isRationaleRequired,
  isUnfinished,
  pointsOf,
} from "./criteria.js";
import { quote } from "./quote.js";
import { isOn, openSheet } from "./sheets.js";

const TEXT = "textarea, input:not([type=radio], [type=checkbox])";

// A key that stays down goes on as what it began as: neither a second command nor a character in a text.
let heldKey = null;

const submitOf = (desk) => desk.form.querySelector("[data-submit]");

// On most keyboards digits are keys of their own; on some, as the French, they need Shift, and need not here.
function digitOf({ key, code, shiftKey }) {
  if (/^[0-9]$/.test(key)) return key;
  return shiftKey ? undefined : /^Digit([0-9])$/.exec(code)?.[1];
}

function pointFor(criterion, digit) {
  const points = pointsOf(criterion);
  return points.find(({ value }) => value === digit) ?? points.find(({ value }) => digit === "0" && value === "10");
}

function moveOnFrom(desk, criterion) {
  const criteria = criteriaOf(desk);
  const next = criteria[criteria.indexOf(criterion) + 1] ?? criteria.find(isUnfinished);
  if (isRationaleMissing(criterion)) focusRationale(criterion);
  else if (next) focusScale(next);
  else submitOf(desk).focus();
}

function scoreBy(desk, digit) {
  const criterion = criterionWithFocus() ?? criteriaOf(desk).find((one) => !chosenOf(one));
  const point = criterion && pointFor(criterion, digit);
  if (!point || point.matches(":disabled")) return false;
  point.click();
  if (isOn("moves-on")) moveOnFrom(desk, criterion);
  else point.focus();
  return true;
}

function stepTo(desk, step) {
  const criteria = criteriaOf(desk);
  const next = criteria[criteria.indexOf(criterionWithFocus()) + step];
  if (next) focusScale(next);
  return true;
}

function commandOnScale(desk, key) {
  if (key === "ArrowDown") return stepTo(desk, 1);
  if (key === "ArrowUp") return stepTo(desk, -1);
  if (key !== "Enter") return false;
  moveOnFrom(desk, criterionWithFocus());
  return true;
}

function commandOfLetter(desk, key) {
  if (key === "q") return quote(desk);
  if (key === "w") {
    focusRationale(desk.criterion ?? criteriaOf(desk)[0]);
    return true;
  }
  const target = /^[a-z?]$/.test(key) && document.querySelector(`[data-key="${key}"]`);
  if (target) target.click();
  return Boolean(target);
}

// Carries the key's command out, if it is one, and says whether it was.
function command(desk, event) {
  const { key, target, shiftKey } = event;
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
    if (submitOf(desk)) desk.form.requestSubmit(submitOf(desk));
    return true;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (key === "Escape" && target.matches("[data-rationale]")) {
    focusScale(criterionWithFocus());
    return true;
  }
  if (target.matches(TEXT)) return false;
  if (target.matches("[data-criterion] [type=radio]") && commandOnScale(desk, key)) return true;
  if (!isOn("single-keys")) return false;
  const digit = digitOf(event);
  return digit ? scoreBy(desk, digit) : commandOfLetter(desk, shiftKey ? key : key.toLowerCase());
}

function onKeyDown(desk, event) {
  if (event.isComposing || openSheet()) return;
  if (event.repeat && event.code === heldKey) return event.preventDefault();
  heldKey = null;
  if (!command(desk, event)) return;
  heldKey = event.code;
  event.preventDefault();
}

// By mouse the rater goes on with her hand where it is, except where she has to write.
function onClick(criterion, { target, pointerType }) {
  if (target.type === "radio" && pointerType === "mouse" && isRationaleRequired(criterion)) focusRationale(criterion);
}

export function mount(desk) {
  document.addEventListener("keydown", (event) => onKeyDown(desk, event), { signal: desk.signal });
  for (const criterion of criteriaOf(desk)) {
    criterion.addEventListener("click", (event) => onClick(criterion, event));
  }
}
