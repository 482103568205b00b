// Buttons that copy the text of the element they name. Without this script they stay
// hidden, and the text is there to be selected.
"use strict";
document.querySelectorAll("button[data-copies]").forEach((button) => {
  button.hidden = false;
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copies]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    // Without HTTPS there is no clipboard to write to; a selection can be copied.
    getSelection().selectAllChildren(source);
    if (!document.execCommand("copy")) return;
  }
  const said = button.textContent;
  const status = button.closest("section")?.querySelector("[role=status]");
  button.textContent = button.dataset.copied;
  button.disabled = true;
  if (status) status.textContent = button.dataset.copied;
  setTimeout(() => {
    button.textContent = said;
    button.disabled = false;
    if (status) status.textContent = "";
  }, 2000);
});
