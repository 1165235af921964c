// Marking the passage that a rationale is about: what is selected in the post or the response is quoted into it.

import { criteriaOf, focusRationale, rationaleOf } from "./criteria.js";

const GAP_PX = 6;

const buttonOf = (desk) => desk.root.querySelector("[data-quote]");
const criterionFor = (desk) => desk.criterion ?? criteriaOf(desk)[0];

// The part of the selection that lies within one text: a click that selects a paragraph may reach beyond its end.
function markedRange(desk) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  for (const text of desk.form.querySelectorAll("[data-quotable]")) {
    if (!range.intersectsNode(text)) continue;
    const inside = document.createRange();
    inside.selectNodeContents(text);
    if (range.compareBoundaryPoints(Range.START_TO_START, inside) > 0) {
      inside.setStart(range.startContainer, range.startOffset);
    }
    if (range.compareBoundaryPoints(Range.END_TO_END, inside) < 0) {
      inside.setEnd(range.endContainer, range.endOffset);
    }
    if (inside.toString().trim()) return inside;
  }
  return null;
}

export function quote(desk) {
  const range = markedRange(desk);
  if (!range) return false;
  const criterion = criterionFor(desk);
  const rationale = rationaleOf(criterion);
  if (rationale.matches(":disabled")) return false;
  const gap = /\S$/.test(rationale.value) ? " " : "";
  const passage = `${gap}“${range.toString().trim().replace(/\s+/g, " ")}” `;
  focusRationale(criterion);
  // Deprecated, and still the one way by which Ctrl+Z takes the quotation out again.
  document.execCommand("insertText", false, passage);
  return true;
}

const closestElement = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);

// Where the marked passage is seen: not where its text has been scrolled out of its pane.
function placeOf(range) {
  const pane = closestElement(range.startContainer).getBoundingClientRect();
  const { top, bottom, left } = range.getBoundingClientRect();
  const isSeen = bottom > Math.max(0, pane.top) && top < Math.min(innerHeight, pane.bottom);
  return isSeen ? { top, bottom: Math.min(bottom, pane.bottom), left } : null;
}

function showButton(desk) {
  const button = buttonOf(desk);
  const range = markedRange(desk);
  const isWritable = !rationaleOf(criterionFor(desk)).matches(":disabled");
  const place = range && isWritable ? placeOf(range) : null;
  button.hidden = !place;
  if (!place) return;
  button.querySelector("[data-quote-in]").textContent = criterionFor(desk).dataset.label;
  const below = place.bottom + GAP_PX;
  const isRoomBelow = below + button.offsetHeight < innerHeight;
  button.style.top = `${isRoomBelow ? below : Math.max(GAP_PX, place.top - button.offsetHeight - GAP_PX)}px`;
  button.style.left = `${Math.max(GAP_PX, Math.min(place.left, innerWidth - button.offsetWidth - GAP_PX))}px`;
}

export function mount(desk) {
  const { signal } = desk;
  const button = buttonOf(desk);
  document.addEventListener("selectionchange", () => showButton(desk), { signal });
  addEventListener("scroll", () => showButton(desk), { signal, capture: true, passive: true });
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => quote(desk));
}
