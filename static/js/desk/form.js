// The desk's form as fields by name, and back.

const KEPT = /^(score_|rationale_|reason$|flag_note$|concern_note$)/;
const DRAFTED = /^(score_|rationale_|reason$)/;
// For the study team; no part of a draft, so the server has them once they are sent.
const NOTES = ["flag_note", "concern_note"];

export function announce(desk, name, detail) {
  desk.root.dispatchEvent(new CustomEvent(name, { detail }));
}

export function typedIn(form) {
  return Object.fromEntries([...new FormData(form)].filter(([name]) => KEPT.test(name)));
}

export function isSame(fields, others) {
  const names = [...Object.keys(fields), ...Object.keys(others)].filter((name) => DRAFTED.test(name));
  return names.every((name) => (fields[name] ?? "") === (others[name] ?? ""));
}

export const hasNote = (fields) => NOTES.some((name) => fields[name]?.trim());

// Puts notes that were not sent back in their empty places, and shows them there.
export function bringNotesBack(form, fields) {
  for (const name of NOTES.filter((name) => fields[name]?.trim())) {
    const field = form.elements[name];
    if (!field || field.value) continue;
    field.value = fields[name];
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.closest("[popover]").showPopover();
  }
}

// Says whether the form is not as the server sent it.
export function hasChanged(form) {
  return [...form.elements].some((field) => {
    if (field.type === "radio") return field.checked !== field.defaultChecked;
    return field.matches("textarea, input[type=text]") && field.value !== field.defaultValue;
  });
}

// Puts fields in their places, as if they had been typed and chosen there.
export function fill(form, fields) {
  for (const field of form.elements) {
    if (!KEPT.test(field.name)) continue;
    const value = fields[field.name] ?? "";
    if (field.type === "radio") {
      const isChosen = field.value === value;
      if (field.checked === isChosen) continue;
      field.checked = isChosen;
      if (isChosen) field.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (field.value !== value) {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  // Taking a choice back is no event of its own.
  form.dispatchEvent(new Event("input", { bubbles: true }));
}
