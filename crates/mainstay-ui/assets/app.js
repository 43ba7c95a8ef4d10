// What scripts add to pages that work without them: one part of a page replaced, live parts,
// keys, the palette, the theme. Nothing here makes code or markup of text; what is put into the
// page was parsed from an answer of this server.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const isOwn = (url) => url.origin === location.origin;
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  const say = (text) => { if (byId("live-status")) byId("live-status").textContent = text; };

  // Settings stay in this browser, which may refuse to keep them.
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* not kept */ } };

  // The theme, before anything is drawn.
  const THEMES = ["system", "light", "dark"];
  const theme = () => kept("theme") ?? "system";
  document.documentElement.dataset.theme = theme();

  // Puts the element with this id of a fetched document in the place of ours. What was unfolded
  // stays so, and the focus stays on the same control or link.
  function replace(id, fetched) {
    const [old, fresh] = [byId(id), fetched.getElementById(id)];
    if (!old || !fresh) return false;
    const had = old.contains(document.activeElement) ? document.activeElement : null;
    const folds = [...old.querySelectorAll("details")].map((fold) => fold.open);
    old.replaceWith(fresh);
    const fresher = [...fresh.querySelectorAll("details")];
    if (fresher.length === folds.length) fresher.forEach((fold, at) => { fold.open = folds[at]; });
    if (had) {
      const same = [...fresh.querySelectorAll("a[href], button, input, select")]
        .find((other) => (had.id ? other.id === had.id : had.href && other.href === had.href));
      if (!same) fresh.tabIndex = -1;
      (same ?? fresh).focus({ preventScroll: true });
    }
    prepare(fresh);
    return true;
  }

  // ---- Links and forms that replace one part ----
  const running = new Map();
  let shown = location.pathname + location.search;

  async function swap(id, url, sends) {
    const stop = new AbortController();
    if (!sends) {
      running.get(id)?.abort();
      running.set(id, stop);
    }
    byId(id).setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, sends ?? { signal: stop.signal });
      const fetched = parse(await answer.text());
      if (!replace(id, fetched)) return location.assign(answer.url);
      document.title = fetched.title || document.title;
      const moves = (!sends || answer.redirected) && answer.url !== location.href;
      if (moves) history.pushState(null, "", answer.url);
      shown = location.pathname + location.search;
      say("Updated.");
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!sends) return location.assign(url);
      say("The server did not answer. Whether it got what was sent is not known; load the page again to see.");
    }
    byId(id)?.removeAttribute("aria-busy");
  }

  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-swap]");
    const special = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || special || !isOwn(link) || !byId(link.dataset.swap)) return;
    event.preventDefault();
    swap(link.dataset.swap, link.href);
  });

  addEventListener("submit", (event) => {
    const form = event.target;
    const url = new URL(form.getAttribute("action") || location.href, location.href);
    if (event.defaultPrevented || !isOwn(url) || !byId(form.dataset.swap)) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    const plain = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
    if (form.method === "post") return swap(form.dataset.swap, url, { method: "POST", body: plain });
    url.search = plain;
    swap(form.dataset.swap, url);
  });

  addEventListener("popstate", () => {
    if (location.pathname + location.search !== shown) location.reload();
  });

  // ---- Live parts ----
  const streams = new Map();
  const liveParts = () => [...document.querySelectorAll("[data-live][id]")];

  // Nobody loses what they are typing.
  const isBusy = (part) => [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((field) =>
    field === document.activeElement || field.value !== field.defaultValue || field.checked !== field.defaultChecked);

  async function refresh(url, later) {
    for (const part of liveParts().filter((one) => one.dataset.live === url)) {
      if (isBusy(part)) {
        say("There is something new. It is shown when the form is sent or emptied.");
        later(5000);
        continue;
      }
      try {
        const answer = await fetch(part.dataset.liveSource || location.href);
        if (!answer.ok || !replace(part.id, parse(await answer.text()))) throw new Error();
        say(`Live. Updated at ${new Date().toISOString().slice(11, 16)} UTC.`);
      } catch {
        say("Something is new, and could not be loaded. What is shown may be old.");
      }
    }
  }

  function listen(url) {
    let [source, timer, wait, missed] = [null, 0, 2000, false];
    const later = (delay) => { clearTimeout(timer); timer = setTimeout(() => refresh(url, later), delay); };
    const open = () => {
      source = new EventSource(url);
      source.onmessage = () => later(300);
      source.onopen = () => {
        say("Live.");
        if (missed) later(0);
        [wait, missed] = [2000, false];
      };
      source.onerror = () => {
        missed = true;
        say("Not live: the connection is interrupted, trying again. What is shown may be old.");
        // A browser tries again by itself, but not after an answer that was no stream.
        if (source.readyState !== EventSource.CLOSED) return;
        timer = setTimeout(open, wait);
        wait = Math.min(wait * 2, 60000);
      };
    };
    open();
    return () => { clearTimeout(timer); source.close(); };
  }

  function listenToAll() {
    const wanted = new Set(liveParts().map((part) => part.dataset.live));
    for (const [url, close] of streams) if (!wanted.has(url)) { close(); streams.delete(url); }
    for (const url of wanted) if (!streams.has(url) && isOwn(new URL(url, location.href))) streams.set(url, listen(url));
  }

  // ---- Keys ----
  // The first link of a row is what the row leads to; with the focus on it, Enter opens it.
  function step(by) {
    const links = [...document.querySelectorAll("main tbody tr, main .hits li")].map((row) => row.querySelector("a[href]")).filter(Boolean);
    const now = links.findIndex((link) => link.closest("tr, li").contains(document.activeElement));
    links[now < 0 && by < 0 ? links.length - 1 : now + by]?.focus();
  }

  let going = 0;
  const KEYS = new Map([
    ["/", () => byId("search")?.focus()],
    ["?", () => byId("keys")?.showModal()],
    ["j", () => step(1)],
    ["k", () => step(-1)],
    ["g", () => { going = Date.now(); }],
  ]);

  addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey;
    const palette = control && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k";
    const typing = event.target.closest?.("input, select, textarea, dialog, [contenteditable]");
    if (!palette && (control || event.altKey || typing || kept("keys") === "off")) return;
    const place = Date.now() - going < 1500 && document.querySelector(`.side [data-key="${CSS.escape(event.key)}"]`);
    going = 0;
    const does = palette ? openPalette : place ? () => place.click() : KEYS.get(event.key);
    if (!does) return;
    event.preventDefault();
    does();
  });

  // ---- The palette ----
  let asked = 0;

  function openPalette() {
    if (!byId("palette") || byId("palette").open) return;
    byId("palette-words").value = "";
    showHits("");
    byId("palette").showModal();
  }

  // Places whose name has the words, then what the server finds.
  async function showHits(words) {
    const turn = ++asked;
    const list = document.createElement("ul");
    list.className = "hits";
    for (const link of document.querySelectorAll(".side a")) {
      if (!link.textContent.toLowerCase().includes(words.toLowerCase())) continue;
      list.appendChild(document.createElement("li")).append(link.cloneNode(true));
    }
    byId("palette-results").replaceChildren(list);
    await new Promise((done) => { setTimeout(done, 150); });
    if (!words || turn !== asked) return;
    try {
      const answer = await fetch(`/search?fragment=1&q=${encodeURIComponent(words)}`);
      const found = parse(await answer.text()).getElementById("search-results");
      if (turn === asked) list.append(...found.children);
    } catch {
      if (turn === asked) list.append("The search did not answer.");
    }
  }

  function steerPalette(event) {
    const stops = [byId("palette-words"), ...byId("palette-results").querySelectorAll("a[href]")];
    const now = stops.indexOf(document.activeElement);
    if (event.key === "ArrowDown") stops[now + 1]?.focus();
    else if (event.key === "ArrowUp") stops[now - 1]?.focus();
    else if (event.key === "Enter" && now === 0 && stops[1]) stops[1].click();
    else return;
    event.preventDefault();
  }

  // ---- Pages, and parts of them, when they come ----
  function prepare(part) {
    for (const button of part.querySelectorAll("[data-copy]")) {
      button.hidden = !navigator.clipboard;
      button.onclick = () => navigator.clipboard.writeText(button.dataset.copy)
        .then(() => say("Copied."), () => say("The browser did not allow copying."));
    }
    listenToAll();
  }

  addEventListener("DOMContentLoaded", () => {
    for (const part of document.querySelectorAll(".scripted")) part.hidden = false;
    document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    const button = document.querySelector("[data-theme-switch]");
    const show = () => { button.textContent = `Theme: ${document.documentElement.dataset.theme = theme()}`; };
    button.onclick = () => {
      keep("theme", THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
      show();
    };
    show();
    byId("keys-on").checked = kept("keys") !== "off";
    byId("keys-on").onchange = (event) => keep("keys", event.target.checked ? "on" : "off");
    byId("palette-words").oninput = (event) => showHits(event.target.value.trim());
    byId("palette").onkeydown = steerPalette;
    prepare(document);
  });
})();
