// Keys, and verdicts without loading the page anew. Everything works without it: each action is a form.
"use strict";

const byId = (id) => document.getElementById(id);
const stories = byId("stories");
const said = byId("said");
const ONE_STORY = document.body.classList.contains("story");
const SINGLE_KEYS = "desk:single-keys";

// -- what is said ---------------------------------------------------------------------------------------------

function say(lines) {
  said.replaceChildren(...lines.map((line) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    return paragraph;
  }));
}

// A live region is read out when it changes, not where it stands in a page from the beginning.
if (said.children.length) {
  const lines = [...said.children].map((each) => each.textContent);
  said.replaceChildren();
  setTimeout(() => say(lines), 100);
}

// -- stories --------------------------------------------------------------------------------------------------

const lines = () => [...document.querySelectorAll("li.line")];
const here = () => document.activeElement.closest("li.line");

function move(by) {
  const all = lines();
  const at = all.indexOf(here());
  const to = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  if (!to) return;
  to.querySelector("a.title").focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
}

const VERDICTS = { a: "approve", A: "approve-over", d: "defer", r: "reject" };

async function decide(act, reason, from) {
  const form = new URLSearchParams(new FormData(stories));
  form.set("act", act);
  form.set("reason", reason);
  let answer;
  try {
    const response = await fetch(stories.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: form,
    });
    answer = await response.json();
  } catch {
    say(["not done: the desk does not answer; is `digest review` still running?"]);
    return;
  }
  if (ONE_STORY) {
    const line = Object.values(answer.lines)[0];
    if (line) {
      const status = new DOMParser().parseFromString(line, "text/html").querySelector(".status").textContent;
      const shown = stories.querySelector(".status");
      shown.textContent = status;
      shown.className = `status ${status}`;
    }
  }
  for (const [id, text] of Object.entries(answer.lines)) swap(id, text, from);
  say(answer.said);
}

// The element that has the focus goes; what stands for it in the new line gets it.
function swap(id, text, from) {
  const old = byId(`d-${id}`);
  if (!old) return;
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("li");
  const hadFocus = old.contains(document.activeElement) || from === id;
  const key = old.contains(document.activeElement) ? document.activeElement.dataset.verdict : "";
  old.replaceWith(fresh);
  if (!hadFocus) return;
  const same = key ? fresh.querySelector(`[data-verdict="${key}"]`) : null;
  (same || fresh.querySelector("a.title")).focus({ preventScroll: true });
}

function ask(act, from) {
  const why = byId("why");
  const back = document.activeElement;
  why.returnValue = "none";
  why.onclose = () => {
    back.focus({ preventScroll: true });
    if (why.dataset.chosen === "yes") decide(act, why.returnValue, from);
    why.dataset.chosen = "";
  };
  why.showModal();
}

function verdict(key) {
  const id = ONE_STORY ? stories.dataset.id : here()?.dataset.id;
  if (!id) {
    say(["no story has the focus; j goes to the first"]);
    return;
  }
  const act = `${VERDICTS[key]} ${id}`;
  if (key === "r") ask(act, id);
  else decide(act, "", id);
}

if (stories) {
  stories.addEventListener("submit", (event) => {
    const act = event.submitter?.value || "";
    const [kind, id] = act.split(" ");
    if (!id || !event.submitter.name) return;
    event.preventDefault();
    if (kind === "reject" && !stories.reason?.value) ask(act, id);
    else decide(act, stories.reason?.value || "", id);
  });
}

const why = byId("why");
why.addEventListener("submit", () => { why.dataset.chosen = "yes"; });
why.querySelector("[data-closes]").addEventListener("click", () => why.close());
why.addEventListener("keydown", (event) => {
  const button = /^[0-9]$/.test(event.key) && why.querySelector(`[data-number="${event.key}"]`);
  if (button) {
    event.preventDefault();
    button.click();
  }
});

// -- evidence -------------------------------------------------------------------------------------------------

let shown = "";

function show(field) {
  const places = (field?.dataset.places || "").split(" ").filter(Boolean);
  if (!field || places.join() === shown) return;
  shown = places.join();
  for (const each of document.querySelectorAll(".sentence.lit")) each.classList.remove("lit");
  const found = places.map((place) => byId(`s${place}`)).filter(Boolean);
  for (const each of found) each.classList.add("lit");
  const article = document.querySelector(".article");
  if (!found.length || article.scrollHeight <= article.clientHeight) return;
  const above = found[0].getBoundingClientRect().top - article.getBoundingClientRect().top;
  article.scrollTop += above - article.clientHeight / 3;
}

document.addEventListener("focusin", (event) => show(event.target.closest("[data-places]")));
// A pointer at rest, under which the page moves, takes nothing from the keyboard.
document.addEventListener("mousemove", (event) => {
  if (event.movementX || event.movementY) show(event.target.closest("[data-places]"));
});
show(document.activeElement.closest("[data-places]"));

// -- editing --------------------------------------------------------------------------------------------------

const keptAs = (area) => `desk:${location.pathname}:${area.form.section.value}`;

for (const area of document.querySelectorAll("form.save textarea")) {
  const note = area.form.querySelector(".kept");
  const kept = JSON.parse(localStorage.getItem(keptAs(area)) || "null");
  if (kept && kept.text.trim() !== area.value.trim()) {
    // What was typed belongs to the text it was typed over: if that is another by now, saving says so.
    area.value = kept.text;
    area.form.mark.value = kept.mark;
    area.closest("details").open = true;
    note.textContent = "brought back: what was typed before and not saved";
    undoing(area, note);
  } else if (kept) {
    localStorage.removeItem(keptAs(area));
  }
  area.addEventListener("input", () => {
    localStorage.setItem(keptAs(area), JSON.stringify({ text: area.value, mark: area.form.mark.value }));
    note.textContent = "not saved yet; kept in this browser";
  });
}

function undoing(area, note) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Drop it";
  button.addEventListener("click", () => {
    localStorage.removeItem(keptAs(area));
    location.reload();
  });
  note.after(" ", button);
}

function edit() {
  const section = document.activeElement.closest("[data-section]") || document.querySelector('[data-section="summary"]');
  const details = section.querySelector("details.edit");
  if (!details) return;
  details.open = true;
  details.querySelector("textarea").focus();
}

// -- keys -----------------------------------------------------------------------------------------------------

for (const each of document.querySelectorAll(".scripted")) each.hidden = false;
for (const each of document.querySelectorAll("[data-opens]")) {
  each.addEventListener("click", () => byId(each.dataset.opens).showModal());
}
const single = byId("single-keys");
single.checked = localStorage.getItem(SINGLE_KEYS) !== "off";
single.addEventListener("change", () => localStorage.setItem(SINGLE_KEYS, single.checked ? "on" : "off"));

function leave(area) {
  const summary = area.closest("details")?.querySelector("summary");
  if (summary) summary.focus();
  else area.blur();
}

document.addEventListener("keydown", (event) => {
  const target = event.target;
  if (target.matches("textarea") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    target.form?.requestSubmit();
    return;
  }
  if (target.matches("textarea, input[type=search]") && event.key === "Escape" && !event.isComposing) {
    leave(target);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  if (target.matches("textarea, select, input:not([type=checkbox])")) return;
  if (!single.checked && event.key !== "?") return;
  // With the caps lock on, a is still a: what approves over warnings is held down on purpose.
  const isLocked = /^[A-Z]$/.test(event.key) && !event.shiftKey;
  if (press(isLocked ? event.key.toLowerCase() : event.key)) event.preventDefault();
});

function press(key) {
  if (stories && key in VERDICTS) {
    verdict(key);
    return true;
  }
  if (!ONE_STORY && stories && (key === "j" || key === "k")) {
    move(key === "j" ? 1 : -1);
    return true;
  }
  if (key === "x" && here()) {
    here().querySelector("input[type=checkbox]").click();
    return true;
  }
  if (key === "e" && ONE_STORY) {
    edit();
    return true;
  }
  const found = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
  if (!found) return false;
  if (found.matches("input")) found.focus();
  else {
    const at = here()?.dataset.id;
    if (at && found.form?.at) found.form.at.value = at;
    found.click();
  }
  return true;
}
