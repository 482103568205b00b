// Keys, the way between marks, and addresses without empty parameters. Nothing here is
// needed to use the site.
"use strict";
const keys = document.getElementById("keys");
const used = keys.querySelector("input");
const marks = [...document.querySelectorAll("main mark")];
const steps = document.querySelectorAll("button[data-step]");
let at = -1;

try { used.checked = localStorage.getItem("keys") !== "off"; } catch { /* not kept */ }
used.addEventListener("change", () => {
  try { localStorage.setItem("keys", used.checked ? "on" : "off"); } catch { /* for now */ }
});
document.querySelectorAll("button[data-keys]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => keys.showModal());
});

const step = (by) => {
  if (!steps.length) return;
  at = (Math.max(at, by < 0 ? 0 : -1) + by + marks.length) % marks.length;
  marks[at].tabIndex = -1;
  marks[at].focus({ preventScroll: true });
  marks[at].scrollIntoView({ block: "center" });
};
steps.forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => step(Number(button.dataset.step)));
});

const search = () => {
  const box = document.getElementById("q");
  box.focus();
  box.select();
};
const does = { "/": search, "?": () => keys.showModal(), n: () => step(1), p: () => step(-1) };
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, dialog, [contenteditable]");
  const chord = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  const act = does[event.key];
  if (!act || typing || chord || !used.checked) return;
  event.preventDefault();
  act();
});

document.addEventListener("formdata", ({ target, formData }) => {
  if (target.method !== "get") return;
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});
