// The search box offers what begins with what is typed: a combobox by ARIA 1.2. Without
// this file the box is a plain one. Nothing happens while an input method is composing.
"use strict";
(() => {
  const box = document.querySelector("#q[data-offers]");
  if (!box) return;
  const wait = 120;
  const list = document.createElement("ul");
  let composing = false, active = -1, timer, asking, offers = [];

  list.id = "offers";
  list.className = "offers";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.offered);
  list.hidden = true;
  box.form.append(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    show([]);
  };

  const show = (found) => {
    offers = found;
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    activate(-1);
  };

  const option = (offer, i) => {
    const item = document.createElement("li");
    item.id = `offer-${i}`;
    item.setAttribute("role", "option");
    item.append(part("", offer.text), part("count", `${offer.label} ${offer.count}`));
    item.addEventListener("click", () => choose(i));
    return item;
  };

  const part = (name, text) => {
    const span = document.createElement("span");
    span.className = name;
    span.textContent = text;
    return span;
  };

  const activate = (i) => {
    active = i;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === i)));
    if (i < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", list.children[i].id);
    list.children[i]?.scrollIntoView({ block: "nearest" });
  };

  const choose = (i) => {
    box.value = offers[i].query;
    close();
    box.form.requestSubmit();
  };

  const ask = async () => {
    asking?.abort();
    const typed = box.value;
    if (composing || !typed.trim() || document.activeElement !== box) return close();
    asking = new AbortController();
    const address = new URL(box.dataset.offers, location.href);
    address.searchParams.set("q", typed);
    try {
      const answer = await fetch(address, { signal: asking.signal });
      const found = answer.ok ? (await answer.json()).suggestions : [];
      if (!composing && box.value === typed) show(found);
    } catch (error) {
      if (error.name !== "AbortError") show([]);
    }
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
  };

  box.addEventListener("compositionstart", () => { composing = true; });
  box.addEventListener("compositionend", () => { composing = false; later(); });
  box.addEventListener("input", (event) => { if (!event.isComposing) later(); });
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  box.addEventListener("keydown", (event) => {
    // 229: some browsers send the key that ends a composition after its end.
    if (event.isComposing || event.keyCode === 229 || list.hidden) return;
    const last = offers.length - 1;
    if (event.key === "ArrowDown") activate(active < last ? active + 1 : -1);
    else if (event.key === "ArrowUp") activate(active < 0 ? last : active - 1);
    else if (event.key === "Enter" && active >= 0) choose(active);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
})();
