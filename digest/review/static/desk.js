// Keys, and verdicts without loading the page anew. Everything works without it: each action is a form.
"use strict";

const byId = (id) => document.getElementById(id);

// What a page begins with is done again where another story takes the place of the one that is shown.
const beginnings = [];
function onPage(begin) {
  beginnings.push(begin);
  begin();
}

let stories;
onPage(() => { stories = byId("stories"); });
const said = byId("said");
const ONE_STORY = document.body.classList.contains("story");
const SINGLE_KEYS = "desk:single-keys";

// The settings may have other keys for what is done here, by the usual ones.
const GIVEN = JSON.parse(document.body.dataset.keys || "{}");
const named = (key) => GIVEN[key] || key;

// -- what is said ---------------------------------------------------------------------------------------------

function say(lines) {
  said.replaceChildren(...lines.map((line) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    return paragraph;
  }));
}

let whatWasSaid = said.textContent.trim();

// A live region is read out when it changes, not where it stands in a page from the beginning.
if (said.children.length) {
  const lines = [...said.children].map((each) => each.textContent);
  said.replaceChildren();
  setTimeout(() => say(lines), 100);
}

// -- stories --------------------------------------------------------------------------------------------------

const lines = () => [...document.querySelectorAll("li.line, .ordered > li[data-row]")];
const here = () => document.activeElement.closest("li.line, .ordered > li[data-row]");

function move(by) {
  const all = lines();
  const at = all.indexOf(here());
  const to = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  if (!to) return;
  to.querySelector("a.title").focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
}

let merging = "";

function merge() {
  const line = here();
  if (!line) {
    say([`no story has the focus; ${named("j")} goes to the first`]);
    return;
  }
  const title = line.querySelector("a.title").textContent;
  if (!merging) {
    merging = line.dataset.id;
    line.classList.add("merging");
    say([`merge: ${title}; go to the other story and press ${named("m")} there, or here again to leave it`]);
    return;
  }
  const first = merging;
  merging = "";
  byId(`d-${first}`)?.classList.remove("merging");
  if (first === line.dataset.id) {
    say(["not merged"]);
    return;
  }
  decide("merge", "", [first, line.dataset.id]);
}

const VERDICTS = { a: "approve", A: "approve-over", d: "defer", r: "reject" };

// A page has the mark of each draft as it shows it, and a verdict is good for that alone.
const markIn = (part) => part.querySelector('[name="shown"]');

let deciding = Promise.resolve();

// Verdicts one after the other: each knows the mark that the one before it left.
async function decide(act, reason, ids = []) {
  const from = stories;
  await flush();
  const isLeft = act.startsWith("approve") && (unsaved().length > 0 || byId("mine"));
  if (isLeft && (!(await answers()) || stopAtUnsaved("not approved"))) return;
  const decided = deciding.then(() => post(from, act, reason, ids));
  // Whatever becomes of one, the next is not kept waiting.
  deciding = decided.catch(() => {});
  await decided;
}

async function post(from, act, reason, ids) {
  const form = new URLSearchParams(new FormData(from));
  form.set("act", act);
  if (ids.length) form.delete("ids");
  for (const each of ids) form.append("ids", each);
  // Of a long list, only what is asked about.
  const wanted = ids.length ? ids : [act.split(" ")[1]];
  form.delete("shown");
  for (const each of from.querySelectorAll('[name="shown"]')) if (wanted.includes(each.value.split(" ")[0])) form.append("shown", each.value);
  form.set("reason", reason);
  let answer;
  try {
    const response = await fetch(from.action, {
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
    // Another story may be shown by now, or this one anew.
    for (const form of new Set([from, stories])) {
      const line = form && answer.lines[form.dataset.id];
      if (line) showDecided(form, new DOMParser().parseFromString(line, "text/html"));
    }
  }
  for (const [id, text] of Object.entries(answer.lines)) swap(id, text, answer.left.includes(id));
  for (const [filter, count] of Object.entries(answer.counts || {})) {
    const shown = document.querySelector(`[data-count="${filter}"]`);
    if (shown) shown.textContent = count;
  }
  // Decided on again, it is as it is shown then.
  if (ONE_STORY && from === stories && answer.left.length) await renew();
  say(answer.said);
}

function showDecided(form, fresh) {
  const status = fresh.querySelector(".status").textContent;
  const shown = form.querySelector(".status");
  shown.textContent = status;
  shown.className = `status ${status}`;
  form.dataset.status = status;
  markIn(form).value = markIn(fresh).value;
  // What was pressed may be of no use any more.
  if (form.contains(document.activeElement) && !document.activeElement.checkVisibility()) byId("main").focus({ preventScroll: true });
}

// The element that has the focus goes; what stands for it in the new line gets it. Who went on meanwhile stays
// they are, and what is still to be decided on stays selected.
function swap(id, text, isLeft) {
  const old = byId(`d-${id}`);
  if (!old) return;
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("li");
  const hadFocus = old.contains(document.activeElement);
  const key = hadFocus ? document.activeElement.dataset.verdict : "";
  if (isLeft) fresh.querySelector("[name=ids]").checked = old.querySelector("[name=ids]").checked;
  old.replaceWith(fresh);
  if (!hadFocus) return;
  const same = key ? fresh.querySelector(`[data-verdict="${key}"]`) : null;
  (same || fresh.querySelector("a.title")).focus({ preventScroll: true });
}

// Asks for a reason, or none; `then` is told of it, unless it was left.
function ask(question, then) {
  const why = byId("why");
  const back = document.activeElement;
  byId("why-title").textContent = question;
  why.returnValue = "none";
  why.onclose = () => {
    back.focus({ preventScroll: true });
    if (why.dataset.chosen === "yes") then(why.returnValue);
    why.dataset.chosen = "";
  };
  why.showModal();
}

const askToReject = (act) => ask("Why is it rejected?", (reason) => decide(act, reason));

// A row is deleted with its reason, too. Before whatever else waits for a form to be sent.
document.addEventListener("submit", (event) => {
  const [form, button] = [event.target, event.submitter];
  if (form.id !== "signals" || !button?.value.startsWith("delete ") || !form.reason || form.reason.value || form.dataset.asked) return;
  event.preventDefault();
  event.stopPropagation();
  ask("Why is the row deleted?", (reason) => {
    form.reason.value = reason;
    form.dataset.asked = "yes";
    form.requestSubmit(button);
  });
}, true);

function verdict(key) {
  const many = ONE_STORY ? [] : [...stories.querySelectorAll("input[name=ids]:checked")];
  if (many.length) {
    const ids = many.map((each) => each.value);
    if (key === "r") ask(many.length > 1 ? `Why are these ${many.length} rejected?` : "Why is it rejected?", (reason) => decide("reject", reason, ids));
    else decide(VERDICTS[key], "", ids);
    return;
  }
  const id = ONE_STORY ? stories.dataset.id : here()?.dataset.id;
  if (!id) {
    say([`no story has the focus; ${named("j")} goes to the first`]);
    return;
  }
  const act = `${VERDICTS[key]} ${id}`;
  if (key === "r") askToReject(act);
  else decide(act, "");
}

onPage(() => {
  stories?.addEventListener("submit", (event) => {
    const act = event.submitter?.value || "";
    const [kind, id] = act.split(" ");
    if (!id || !event.submitter.name) return;
    event.preventDefault();
    if (kind === "reject" && !stories.reason?.value) askToReject(act);
    else decide(act, stories.reason?.value || "");
  });
});

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
  if (places.join() === shown) return;
  shown = places.join();
  for (const each of document.querySelectorAll(".sentence.lit")) each.classList.remove("lit");
  const found = places.map((place) => byId(`s${place}`)).filter(Boolean);
  for (const each of found) each.classList.add("lit");
  const article = document.querySelector(".article");
  if (!found.length || article.scrollHeight <= article.clientHeight) return;
  const above = found[0].getBoundingClientRect().top - article.getBoundingClientRect().top;
  article.scrollTop += above - article.clientHeight / 3;
}

// The sentence that the caret is in, where the summary is edited as a whole.
function atCaret(area) {
  const joined = (text) => text.replace(/\s+/g, "");
  const whole = joined(area.value);
  const caret = joined(area.value.slice(0, area.selectionStart)).length;
  const sentences = [...byId("shown-summary").querySelectorAll("[data-places]")];
  return sentences.find((each) => {
    const said = joined(each.querySelector(".words").textContent);
    const start = whole.indexOf(said);
    return start >= 0 && start <= caret && caret <= start + said.length;
  });
}

const evidenceOf = (target) => (target.id === "text-summary" ? atCaret(target) : target.closest("[data-places]"));

// Among the article's sentences, and in what opens over the page, the field that one came from is still the one.
document.addEventListener("focusin", (event) => {
  if (ONE_STORY && event.target.closest(".draft")) show(evidenceOf(event.target));
});
for (const kind of ["keyup", "click"]) {
  document.addEventListener(kind, (event) => { if (event.target.id === "text-summary") show(atCaret(event.target)); });
}
// A pointer at rest, under which the page moves, takes nothing from the keyboard.
document.addEventListener("mousemove", (event) => {
  const field = event.target.closest("[data-places]");
  if (field && (event.movementX || event.movementY)) show(field);
});
onPage(() => {
  shown = "";
  if (ONE_STORY) show(evidenceOf(document.activeElement));
});

// -- saving by itself -----------------------------------------------------------------------------------------

// How long one must rest before what was typed is saved: shorter, and half a word is a step to undo.
const REST_MS = 1500;

const state = byId("state");
const due = new Map();
let saving = Promise.resolve();
let savingCount = 0;

// What was refused or is another by now is shown below an address of its own.
let STORY;
onPage(() => {
  STORY = document.body.dataset.page || location.pathname.match(/^\/story\/\w+/)?.[0] || location.pathname;
});
const keptAs = (form) => `desk:${STORY}:${form.dataset.saves}`;
const fieldsOf = (form) => [...new FormData(form)].filter(([name]) => !["form", "mark", "reason"].includes(name));
const writtenIn = (form) => JSON.stringify(fieldsOf(form).map(([name, value]) => [name, value.replace(/\r\n/g, "\n").trim()]));

function keep(form, isSent = false) {
  const kept = { fields: fieldsOf(form), mark: form.mark.value, isSent };
  try {
    localStorage.setItem(keptAs(form), JSON.stringify(kept));
  } catch {
    // The browser keeps no more: it is saved all the same.
  }
}

// Saves one after the other: each knows the mark that the one before it left.
function save(form) {
  clearTimeout(due.get(form));
  due.delete(form);
  savingCount += 1;
  saving = saving.then(() => send(form)).finally(() => { savingCount -= 1; });
  return saving;
}

async function send(form) {
  await deciding;
  if (!form.isConnected) return null;
  const [sent, whole] = [writtenIn(form), stories && markIn(stories)];
  state.textContent = "saving";
  const body = new URLSearchParams(new FormData(form));
  // What is typed into one field in one go is undone in one go.
  body.set("field", form.dataset.field || "");
  if (whole) body.set("shown", whole.value);
  let answer;
  let response;
  try {
    response = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body, keepalive: body.toString().length < 60000 });
    answer = await response.json();
  } catch {
    state.textContent = response?.status === 403
      ? "not saved: the desk was started anew; open the address it gave, then this story; kept in this browser"
      : "not saved: the desk does not answer; kept in this browser";
    return null;
  }
  if (answer.is_conflict) {
    // The page that shows both texts.
    keep(form, true);
    form.submit();
    return new Promise(() => {});
  }
  if (!answer.is_done) {
    state.textContent = `not saved: ${answer.said[0]}`;
    return answer;
  }
  const isSame = writtenIn(form) === sent;
  form.mark.value = answer.mark;
  if (whole && answer.shown) whole.value = `${whole.value.split(" ")[0]} ${answer.shown}`;
  if (isSame) localStorage.removeItem(keptAs(form));
  else keep(form);
  state.textContent = due.size ? "not saved yet" : "saved";
  form.dataset.written = isSame ? sent : "";
  if (isSame) settle(form);
  if (isSame && !due.size) await renew();
  return answer;
}

// Asked for: what became of it is said, and the page stays, also where the desk does not answer.
async function saveNow(form) {
  const answer = await save(form);
  if (!answer) say([state.textContent]);
  else if (answer.is_done) say(answer.said);
  else {
    // The page that says at the field why not.
    keep(form, true);
    form.submit();
  }
}

// What was said of a text while it was not in the file is true no more.
function settle(form) {
  form.classList.remove("refused");
  const key = form.dataset.saves.replace(/^text-/, "");
  byId(`wrong-${key}`)?.remove();
  byId(`text-${key}`)?.removeAttribute("aria-describedby");
  for (const each of [...form.querySelectorAll(".drops"), ...state.parentElement.querySelectorAll(`.drops[data-of="${form.dataset.saves}"]`)]) each.remove();
  form.querySelector(".kept")?.replaceChildren();
}

const nameOf = (form) => form.dataset.saves.replace(/^text-/, "").replace(/^new$/, "new section").replace(/^own-.*/, "own section");

// What cannot be seen by others must not be left out unnoticed: text that was refused, that was brought back, that
// stands beside another's, or that is saved by hand alone.
const unsaved = () => [...document.querySelectorAll("form[data-saves]")].filter((form) => writtenIn(form) !== form.dataset.written);

function stopAtUnsaved(what) {
  const left = unsaved();
  const mine = byId("mine");
  if (!left.length && !mine) return false;
  const names = left.map(nameOf);
  const why = state.textContent.startsWith("not saved: ") ? state.textContent : "";
  say([`${what}: ${names.join(", ") || "your version"} on this page is not saved; save or drop it first`, ...(why ? [why] : [])]);
  if (left.length) leadTo(left[0]);
  else mine.focus();
  return true;
}

function leadTo(form) {
  const details = form.closest("details");
  if (details) details.open = true;
  const fields = [...form.querySelectorAll("textarea, input[type=checkbox]")];
  (fields.find((each) => each.type === "checkbox" ? each.checked !== each.defaultChecked : each.value !== each.defaultValue) || fields[0])?.focus();
}

const isBusy = () => due.size > 0 || savingCount > 0;

function flush() {
  for (const form of [...due.keys()]) save(form);
  return saving;
}

function typed(form) {
  keep(form);
  state.textContent = "not saved yet";
  if (form.dataset.byHand) return;
  clearTimeout(due.get(form));
  due.set(form, setTimeout(() => rested(form), REST_MS));
}

// A letter that is still being composed is no rest, and a field that is shown anew would lose it.
let isComposing = false;
for (const kind of ["compositionstart", "compositionend"]) {
  document.addEventListener(kind, () => { isComposing = kind === "compositionstart"; });
}

function rested(form) {
  if (isComposing) typed(form);
  else save(form);
}

function watch(form) {
  // What was typed comes back from where it is kept, and not unnoticed from the browser's memory of the page.
  form.autocomplete = "off";
  form.dataset.written = form.matches(".refused") ? "" : writtenIn(form);
  const kept = JSON.parse(localStorage.getItem(keptAs(form)) || "null");
  const section = form.dataset.saves.replace(/^text-/, "");
  const isDone = kept?.isSent && [`saved: ${section}`, `nothing to save: ${section} `].some((each) => whatWasSaid.startsWith(each));
  if (isDone) localStorage.removeItem(keptAs(form));
  else if (kept?.fields && !document.querySelector("#mine, .refused")) bringBack(form, kept);
  form.addEventListener("input", (event) => {
    if (event.target.name === "reason") return;
    // What is typed into the row below the others becomes a row: the next is another one.
    form.dataset.field = event.target.id.startsWith("cell-new") ? "" : event.target.id;
    typed(form);
  });
  form.addEventListener("change", () => { if (due.has(form)) save(form); });
}

// What was typed belongs to the text it was typed over: if that is another by now, saving says so.
function bringBack(form, kept) {
  const note = form.querySelector(".kept") || state;
  const names = new Set(kept.fields.map(([name]) => name));
  const isSame = JSON.stringify(kept.fields.map(([name, value]) => [name, value.replace(/\r\n/g, "\n").trim()])) === form.dataset.written;
  if (isSame) {
    localStorage.removeItem(keptAs(form));
    return;
  }
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  for (const box of boxes) box.checked = kept.fields.some(([name, value]) => name === box.name && value === box.value);
  for (const name of names) {
    const values = kept.fields.filter(([each]) => each === name).map(([, value]) => value);
    const fields = [...form.elements].filter((each) => each.name === name && each.matches("textarea, input[type=text], input:not([type])"));
    // Rows came or went meanwhile: what was typed is shown beside what stands there now.
    if (fields.length && fields.length !== values.length) {
      for (const each of [...form.elements]) if (each.name !== "form" && each.name !== "mark") each.remove();
      for (const [each, value] of kept.fields) form.append(hiddenField(each, value));
      form.mark.value = kept.mark;
      keep(form, true);
      form.submit();
      return;
    }
    fields.forEach((each, at) => { each.value = values[at]; });
  }
  form.mark.value = kept.mark;
  const details = form.closest("details");
  if (details) details.open = true;
  note.textContent = `brought back: what was typed before and not saved: ${nameOf(form)}`;
  undoing(form, note);
}

function hiddenField(name, value) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  return field;
}

function undoing(form, note) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Drop it";
  button.className = "drops";
  button.dataset.of = form.dataset.saves;
  button.addEventListener("click", () => {
    localStorage.removeItem(keptAs(form));
    location.reload();
  });
  note.after(" ", button);
  if (form.contains(note)) return;
  // Said far from the field: it leads there.
  const lead = document.createElement("button");
  lead.type = "button";
  lead.textContent = "Show it";
  lead.className = "drops";
  lead.dataset.of = form.dataset.saves;
  lead.addEventListener("click", () => leadTo(form));
  note.after(" ", lead);
}

// Shows what the saved text rests on and what the checks say of it; the focus stays where it is.
async function renew(isNew = false) {
  const story = STORY;
  let fresh;
  try {
    const response = await fetch(STORY);
    if (!response.ok) return;
    fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return;
  }
  if (due.size || isComposing || story !== STORY) return;
  if (stories) stories.dataset.warnings = fresh.getElementById("stories")?.dataset.warnings || "0";
  if (isNew) markIn(stories).value = markIn(fresh).value;
  for (const old of document.querySelectorAll(".shown")) {
    const now = fresh.getElementById(old.id);
    const forms = [...old.querySelectorAll("form[data-saves]")];
    if (!now || forms.some((form) => writtenIn(form) !== form.dataset.written)) continue;
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    const at = active ? focusables(old).indexOf(active) : -1;
    const place = active?.matches("textarea") ? [active.selectionStart, active.selectionEnd] : null;
    old.replaceWith(now);
    for (const form of now.querySelectorAll("form[data-saves]")) watch(form);
    if (!active) continue;
    const next = (active.id && byId(active.id)) || focusables(now)[at];
    next?.focus({ preventScroll: true });
    if (place && next?.matches("textarea")) next.setSelectionRange(...place);
  }
  for (const form of document.querySelectorAll("form.save[data-saves]")) {
    const now = fresh.querySelector(`form.save[data-saves="${form.dataset.saves}"]`);
    if (!now || writtenIn(form) !== form.dataset.written) continue;
    if (form.text.value !== now.text.value) form.text.value = now.text.value;
    form.mark.value = now.mark.value;
    form.dataset.written = writtenIn(form);
  }
  if (document.activeElement.closest(".draft")) show(evidenceOf(document.activeElement));
  for (const name of ["mark-signals", "mark-summary"]) {
    const now = fresh.querySelector(`#sentence-form [name="${name}"]`);
    for (const each of document.querySelectorAll(`[name="${name}"]`)) each.value = now?.value || "";
  }
}

const FOCUSABLE = "a[href], button, input:not([type=hidden]), textarea, select, summary, [tabindex]";
const focusables = (part) => [...part.querySelectorAll(FOCUSABLE)];

onPage(() => {
  for (const form of document.querySelectorAll("form[data-saves]")) watch(form);
});

onPage(() => {
  for (const link of document.querySelectorAll("[data-drops]")) {
    link.addEventListener("click", () => {
      for (const name of ["", "text-"]) localStorage.removeItem(`desk:${STORY}:${name}${link.dataset.drops}`);
    });
  }
});

// Whatever leaves the page waits until all is saved, and stays where the desk does not answer: another page would
// not come, and what was typed would be gone from sight.
let passed = null;

document.addEventListener("submit", (event) => {
  const [form, by] = [event.target, event.submitter];
  if (form.method === "dialog" || event.defaultPrevented) return;
  if (form === passed) {
    passed = null;
    return;
  }
  if (form.method === "get" && !isBusy()) return;
  event.preventDefault();
  if (form.matches("[data-saves]")) {
    clearTimeout(due.get(form));
    due.delete(form);
    if (!form.dataset.byHand && (!by?.name || by.value === "save")) {
      saveNow(form);
      return;
    }
    keep(form, true);
  }
  leaveBy(form, by);
});

async function leaveBy(form, by) {
  await flush();
  if (!(await answers())) return;
  if (form.matches(".publish") && stopAtUnsaved("not published")) return;
  // What was saved meanwhile may have been shown anew.
  const now = form.isConnected ? form : byId(form.id);
  const button = by?.isConnected ? by : [...(now?.elements || [])].find((each) => by && each.matches("button") && each.value === by.value && each.textContent === by.textContent);
  if (!now) return;
  remember();
  passed = now;
  now.requestSubmit(button);
  if (now.closest("#sending")) sayHowFar(now.action.replace(/send$/, "sending"));
}

// How often a page that waits asks how far a sending is.
const HOW_FAR_MS = 1000;

// The page stays until what is sent was answered, which may take long; what is under way is not begun twice.
async function sayHowFar(address) {
  for (const each of document.querySelectorAll("#sending button")) each.disabled = true;
  say(["under way"]);
  for (;;) {
    await new Promise((then) => { setTimeout(then, HOW_FAR_MS); });
    const answer = await fetch(address).then((each) => each.json()).catch(() => null);
    if (answer?.said && answer.said !== said.textContent) say([answer.said]);
  }
}

async function answers() {
  try {
    const response = await fetch("/static/icon.svg", { method: "HEAD", cache: "no-store" });
    if (response.status !== 403) return true;
    say(["not done: the desk was started anew; open the address it gave; what was typed is kept in this browser"]);
  } catch {
    say(["not done: the desk does not answer; is `digest review` still running? What was typed is kept in this browser"]);
  }
  return false;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
  if (ONE_STORY && ["next", "prev"].includes(link.rel)) {
    event.preventDefault();
    turn(link.rel);
    return;
  }
  if (!isBusy()) return;
  event.preventDefault();
  flush().then(async () => { if (await answers()) location.assign(link.href); });
});

// -- the focus, where a page comes back -----------------------------------------------------------------------

const PLACE = "desk:place";

function remember() {
  const active = document.activeElement;
  const part = active.closest("#main [id]");
  const place = part && { path: location.pathname, id: part.id, at: focusables(part).indexOf(active) };
  sessionStorage.setItem(PLACE, JSON.stringify(place));
}

// Gives what of a part can have the focus: the part itself, or what stands at a place in it.
function within(part, at) {
  if (part.matches(FOCUSABLE)) return part;
  const found = focusables(part).filter((each) => each.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }));
  return (at < 0 ? null : focusables(part)[at]) || found[0];
}

// After an undo, a publication or whatever else loads the page anew one is where one was; else at its title, which
// is read out.
function takePlace() {
  const place = JSON.parse(sessionStorage.getItem(PLACE) || "null");
  sessionStorage.removeItem(PLACE);
  if (document.querySelector("[autofocus]") || document.activeElement !== document.body) return;
  const target = location.hash && byId(location.hash.slice(1));
  if (target) {
    within(target, -1)?.focus();
    return;
  }
  const part = place?.path === location.pathname && byId(place.id);
  const to = part && within(part, place.at);
  if (to) to.focus();
  if (document.activeElement === document.body) byId("main").focus({ preventScroll: true });
}

addEventListener("hashchange", () => {
  const target = location.hash && byId(location.hash.slice(1));
  if (target && !target.contains(document.activeElement)) within(target, -1)?.focus();
});

// -- from story to story --------------------------------------------------------------------------------------

// Another story takes the place of the one that is shown: all that both have in common stays. One after the other;
// keys pressed meanwhile are for the story that comes.
let turning = Promise.resolve();
let turningCount = 0;
let address = location.pathname + location.search;

function afterTurning(act) {
  turningCount += 1;
  turning = turning.then(act).finally(() => { turningCount -= 1; });
}

function turn(way) {
  afterTurning(async () => {
    const link = document.querySelector(`a[rel="${way}"]`);
    if (!link || !(await showStory(link.href))) return;
    history.pushState(null, "", link.href);
    beginStory();
  });
}

addEventListener("popstate", () => {
  if (!ONE_STORY || location.pathname + location.search === address) return;
  afterTurning(async () => { if (await showStory(location.href)) beginStory(); });
});

// The next story is asked for while this one is read, and is there when its key is pressed. What it shows may be a
// minute old: soon after it is compared with what there is by then.
const MOST_AHEAD_MS = 60000;
const REST_BEFORE_COMPARING_MS = 400;
let ahead = null;
let comparing;

// What fields are completed from is the same for all stories, and long: it is loaded once and moved along.
const completions = new Map();
function noteCompletions() {
  for (const each of document.querySelectorAll("datalist")) completions.set(each.id, each);
  return completions.size === 2;
}

const asked = async (href) => {
  const response = await fetch(href, { headers: noteCompletions() ? { "X-Desk": "completions known" } : {} });
  return { isStory: response.ok, text: await response.text() };
};

// Not before the story that is shown was painted: both would wait for each other.
const lookAheadSoon = () => requestAnimationFrame(() => setTimeout(lookAhead));

function lookAhead() {
  const link = ONE_STORY && document.querySelector('a[rel="next"]');
  if (link && ahead?.href === link.href && Date.now() - ahead.at < MOST_AHEAD_MS) return;
  ahead = link ? { href: link.href, at: Date.now(), story: asked(link.href).catch(() => null) } : null;
}

async function compare(text) {
  const story = STORY;
  const now = await asked(location.href).catch(() => null);
  if (!now?.isStory || now.text === text || story !== STORY || turningCount) return;
  const fresh = new DOMParser().parseFromString(now.text, "text/html");
  // Whoever is at work on it already keeps their place.
  if (isBusy() || !document.activeElement.matches("body, #main")) {
    await renew(true);
    return;
  }
  put(fresh);
  for (const begin of beginnings) begin();
  byId("main").focus({ preventScroll: true });
}

async function showStory(href) {
  await flush();
  clearTimeout(comparing);
  const known = ahead?.href === href && Date.now() - ahead.at < MOST_AHEAD_MS ? await ahead.story : null;
  let found = known;
  try {
    // Of a desk that is gone nothing is shown that could not be worked on.
    if (found) await fetch("/static/icon.svg", { method: "HEAD", cache: "no-store" });
    else found = await asked(href);
  } catch {
    say(["not shown: the desk does not answer; is `digest review` still running?"]);
    return false;
  }
  const fresh = new DOMParser().parseFromString(found.text, "text/html");
  if (!found.isStory || !fresh.body.classList.contains("story")) {
    location.assign(href);
    return new Promise(() => {});
  }
  put(fresh);
  if (known) comparing = setTimeout(() => compare(known.text), REST_BEFORE_COMPARING_MS);
  return true;
}

function put(fresh) {
  if (noteCompletions()) for (const [id, list] of completions) fresh.getElementById(id)?.replaceWith(list);
  for (const part of ["header nav", "header form.history", "#main"]) {
    document.querySelector(part).replaceWith(fresh.querySelector(part));
  }
  document.title = fresh.title;
}

// As where a page is loaded: at the top, with nothing said; what has the focus is read out by the story's title.
function beginStory() {
  address = location.pathname + location.search;
  whatWasSaid = "";
  say([]);
  state.textContent = "";
  for (const begin of beginnings) begin();
  scrollTo(0, 0);
  byId("main").focus({ preventScroll: true });
  lookAheadSoon();
}

lookAheadSoon();

// -- sentences of the article ---------------------------------------------------------------------------------

let uses;
let use;
let rowBefore;

onPage(() => {
  uses = [...document.querySelectorAll("a.use")];
  use = byId("use");
  rowBefore = 1;
  // With keys of their own they need not be passed by one by one.
  for (const each of uses) each.tabIndex = -1;
});

function goToSentence(by) {
  const lit = document.querySelector(".sentence.lit");
  const now = uses.indexOf(document.activeElement);
  const first = Math.max(uses.indexOf(lit?.nextElementSibling), 0);
  const to = uses[now < 0 ? first : Math.min(Math.max(now + by, 0), uses.length - 1)];
  if (!to) return;
  // In the article alone: the page beside it stays where it is.
  to.focus({ preventScroll: true });
  const article = document.querySelector(".article");
  const [box, frame] = [to.getBoundingClientRect(), article.getBoundingClientRect()];
  if (box.top < frame.top || box.bottom > frame.bottom) article.scrollTop += box.top - frame.top - article.clientHeight / 3;
  if (frame.bottom < 0 || frame.top > innerHeight) to.scrollIntoView({ block: "nearest" });
}

function offerSentence(link) {
  const number = new URL(link.href).searchParams.get("sentence");
  use.querySelector(".use-number").textContent = number;
  use.querySelector(".use-text").textContent = byId(`s${number}`).lastChild.textContent.trim();
  use.querySelector("[name=number]").value = number;
  const rows = use.querySelector("[name=row]");
  if (rows) rows.value = rowBefore;
  use.showModal();
}

onPage(() => {
  if (!use) return;
  document.querySelector(".article").addEventListener("click", (event) => {
    const link = event.target.closest("a.use") || event.target.closest(".sentence")?.nextElementSibling;
    if (!link || String(getSelection())) return;
    event.preventDefault();
    event.stopPropagation();
    offerSentence(link);
  });
  use.querySelector("[data-closes]").addEventListener("click", () => use.close());
  use.addEventListener("keydown", (event) => {
    const button = /^[1-3]$/.test(event.key) && !event.target.matches("select") && use.querySelector(`[data-number="${event.key}"]`);
    if (button) {
      event.preventDefault();
      button.click();
    }
  });
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (row) rowBefore = row.dataset.row;
});

// -- editing --------------------------------------------------------------------------------------------------

function edit() {
  const section = document.activeElement.closest("[data-section]") || document.querySelector('[data-section="summary"], [data-section="introduction"]');
  const cell = section.querySelector("tr:focus textarea") || section.querySelector("form.rows textarea") || section.querySelector("#text-introduction");
  if (cell) {
    cell.focus();
    return;
  }
  const details = section.querySelector("details.edit");
  if (!details) return;
  details.open = true;
  details.querySelector("textarea").focus();
}

// -- copying --------------------------------------------------------------------------------------------------

for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", async () => {
    const area = byId(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(area.value);
      say([`copied: ${button.dataset.what}`]);
    } catch {
      area.select();
      say(["the browser does not let it be copied; it is selected: Ctrl+C copies it"]);
    }
  });
}

// -- order by drag, beside its buttons and keys ---------------------------------------------------------------

let dragged = null;

const overOf = (event) => event.target.closest?.(".ordered > li");

function unmark() {
  for (const each of document.querySelectorAll(".ordered > .above, .ordered > .below")) each.classList.remove("above", "below");
}

for (const ordered of document.querySelectorAll(".ordered")) {
  for (const each of ordered.children) each.draggable = true;
  ordered.addEventListener("dragstart", (event) => {
    dragged = overOf(event);
    // A link within would be dragged as an address.
    event.dataTransfer.setData("text/plain", dragged.querySelector(".title").textContent);
    event.dataTransfer.effectAllowed = "move";
  });
  ordered.addEventListener("dragover", (event) => {
    const over = overOf(event);
    if (!ordered.contains(dragged) || !over) return;
    event.preventDefault();
    unmark();
    if (over !== dragged) over.classList.add(Number(over.dataset.row) < Number(dragged.dataset.row) ? "above" : "below");
  });
  ordered.addEventListener("drop", (event) => {
    const over = overOf(event);
    if (!ordered.contains(dragged) || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const form = ordered.closest("form");
    form.append(hiddenField("act", `${dragged.dataset.moves} ${over.dataset.row} ${dragged.dataset.what}`));
    form.requestSubmit();
  });
  ordered.addEventListener("dragend", () => {
    dragged = null;
    unmark();
  });
}

// -- what stays on top ----------------------------------------------------------------------------------------

// Where the bars wrap they cover more of the page: what is scrolled to stands below them.
const bars = new ResizeObserver(() => {
  const stays = (part) => part && getComputedStyle(part).position === "sticky";
  const bar = document.querySelector("header.bar");
  const verdicts = document.querySelector("form.verdicts");
  const height = stays(bar) ? bar.offsetHeight : 0;
  const message = stays(verdicts) ? said.offsetHeight : 0;
  document.documentElement.style.setProperty("--bar", `${height}px`);
  document.documentElement.style.setProperty("--said", `${message}px`);
  document.documentElement.style.setProperty("--bars", `${height + message + (stays(verdicts) ? verdicts.offsetHeight : 0)}px`);
});
onPage(() => {
  bars.disconnect();
  for (const each of document.querySelectorAll("header.bar, #said, form.verdicts")) bars.observe(each);
});

// -- keys -----------------------------------------------------------------------------------------------------

onPage(() => {
  for (const each of document.querySelectorAll(".scripted")) each.hidden = false;
  for (const each of document.querySelectorAll("[data-opens]")) {
    each.addEventListener("click", () => byId(each.dataset.opens).showModal());
  }
});
const single = byId("single-keys");
single.checked = localStorage.getItem(SINGLE_KEYS) !== "off";
single.addEventListener("change", () => localStorage.setItem(SINGLE_KEYS, single.checked ? "on" : "off"));

function leave(area) {
  const to = area.closest("tr[tabindex]") || area.closest("details")?.querySelector("summary") || area.closest("[data-section]")?.querySelector("h2[tabindex]");
  if (to) to.focus();
  else area.blur();
}

document.addEventListener("keydown", (event) => {
  const target = event.target;
  if (target.matches("textarea") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    target.form?.requestSubmit();
    return;
  }
  if (target.matches("textarea, input[type=search], input[list]") && event.key === "Escape" && !event.isComposing) {
    leave(target);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  if (target.matches("textarea, select, input:not([type=checkbox])")) return;
  // With the caps lock on, a is still a: what approves over warnings is held down on purpose.
  const isLocked = /^[A-Z]$/.test(event.key) && !event.shiftKey;
  const key = usual(isLocked ? event.key.toLowerCase() : event.key);
  if (!single.checked && key !== "?") return;
  if (press(key)) event.preventDefault();
});

// Gives the usual key for the one that was pressed, empty for one that does nothing.
function usual(pressed) {
  const found = Object.entries(GIVEN).find(([, key]) => key === pressed);
  if (found) return found[0];
  return pressed in GIVEN ? "" : pressed;
}

function press(key) {
  if (ONE_STORY && (key === "j" || key === "k")) {
    turn(key === "j" ? "next" : "prev");
    return true;
  }
  if (!turningCount) return pressNow(key);
  afterTurning(() => { pressNow(key); });
  return true;
}

function pressNow(key) {
  if (stories && key in VERDICTS) {
    verdict(key);
    return true;
  }
  if (lines().length && (key === "j" || key === "k")) {
    move(key === "j" ? 1 : -1);
    return true;
  }
  if (key === "x" && here()) {
    here().querySelector("input[type=checkbox]")?.click();
    return true;
  }
  if (key === "e" && document.querySelector("[data-section]")) {
    edit();
    return true;
  }
  if (/^[1-9]$/.test(key)) return takeIdea(key);
  if (["J", "K", "Delete"].includes(key)) {
    const row = document.activeElement.closest("[data-row]");
    return Boolean(row) && click(`#${row.id} [data-row-key="${key}"]`);
  }
  if (key === "s" && uses.length) {
    goToSentence(0);
    return true;
  }
  if (document.activeElement.matches("a.use") && (key === "ArrowDown" || key === "ArrowUp")) {
    goToSentence(key === "ArrowDown" ? 1 : -1);
    return true;
  }
  if (key === "m" && !ONE_STORY && stories) {
    merge();
    return true;
  }
  const found = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
  if (!found) return key === "P" && sayWhatIsOpen();
  if (found.matches("input")) found.focus();
  else {
    const at = here()?.dataset.id;
    if (at && found.form?.at) found.form.at.value = at;
    found.click();
    // A second time its address is the page's already.
    if (found.hash && found.pathname === location.pathname) within(byId(found.hash.slice(1)), -1)?.focus();
  }
  return true;
}

// Each row numbers its ideas from 1.
function takeIdea(number) {
  const row = document.activeElement.closest("tr[data-row]");
  if (row) return click(`#${row.id} [data-idea="${number}"]`);
  const rows = new Set([...document.querySelectorAll("[data-idea]")].map((each) => each.closest("tr[data-row]")));
  if (rows.size < 2) return click(`[data-idea="${number}"]`);
  say([`several rows have ideas, and none has the focus: go to the row, then press ${number}`]);
  return true;
}

// There is no button where nothing can be published.
function sayWhatIsOpen() {
  const open = document.querySelectorAll("#before strong, #before .checklist > li");
  if (open.length) say(["not published", ...[...open].map((each) => each.innerText.trim().replace(/\s*\n\s*/g, "; "))]);
  return Boolean(open.length);
}

function click(selector) {
  const found = document.querySelector(selector);
  found?.click();
  return Boolean(found);
}

takePlace();
