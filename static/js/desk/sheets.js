// The sheets over the desk open by their buttons, without a script. This keeps what is set in them.

const STORED = "desk-settings";

const boxes = () => [...document.querySelectorAll("[data-setting]")];

export const openSheet = () => document.querySelector(".sheet:popover-open");
export const isOn = (name) => document.querySelector(`[data-setting="${name}"]`).checked;

function remember() {
  const settings = Object.fromEntries(boxes().map((box) => [box.dataset.setting, box.checked]));
  localStorage.setItem(STORED, JSON.stringify(settings));
}

export function mount(desk) {
  const settings = JSON.parse(localStorage.getItem(STORED) ?? "{}");
  for (const box of boxes()) {
    box.checked = settings[box.dataset.setting] ?? true;
    box.addEventListener("change", remember, { signal: desk.signal });
  }
}
