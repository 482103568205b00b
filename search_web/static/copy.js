// Copies what a button names: an element's text, a quotation, or chosen words with their source.
// Without this script the buttons stay hidden, and all text is there to be selected.
"use strict";
const words = document.querySelector("button[data-words]");
document.querySelectorAll("button[data-copies], button[data-text]").forEach((button) => {
  button.hidden = false;
});
const chosen = () => {
  const selection = getSelection();
  const inside = document.getElementById(words.dataset.words);
  if (selection.isCollapsed || !inside.contains(selection.anchorNode)) return "";
  return selection.toString().trim().replace(/\s*\n\s*/g, "");
};
if (words) {
  document.addEventListener("selectionchange", () => { words.hidden = !chosen(); });
  // A press would undo the choice before it is copied.
  words.addEventListener("pointerdown", (event) => event.preventDefault());
}
const turned = { "“": "‘", "”": "’", "‘": "“", "’": "”" };
// Marks change places with those around them, unless the inner ones come first already.
const inside = (text) =>
  /^[^“]*‘/.test(text) ? text : text.replace(/[“”‘’]/g, (mark) => turned[mark]);
const quoted = (text) => `“${inside(text)}”`;
const sourced = (button) =>
  [quoted(chosen()), button.dataset.source].filter(Boolean).join("——");

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copied]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copies);
  const text = source ? source.textContent : button.dataset.text ?? sourced(button);
  if (!(await copied(text))) return;
  const said = button.textContent;
  const status = document.querySelector("[role=status]");
  button.textContent = button.dataset.copied;
  button.disabled = true;
  if (status) status.textContent = button.dataset.copied;
  setTimeout(() => {
    button.textContent = said;
    button.disabled = false;
    if (status) status.textContent = "";
  }, 2000);
});

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without HTTPS there is no clipboard to write to; a field's text can be copied.
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
