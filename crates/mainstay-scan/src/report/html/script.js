// Filters and sorts the findings. Everything can be read without it.
"use strict";
(function () {
  var form = document.getElementById("filter");
  var list = document.getElementById("cards");
  if (!form || !list) return;
  var cards = Array.prototype.slice.call(list.children);
  var count = document.getElementById("shown");

  function checked(name) {
    return Array.prototype.slice
      .call(form.querySelectorAll('input[name="' + name + '"]:checked'))
      .map(function (box) { return box.value; });
  }

  function fits(row, wanted) {
    var own = row.dataset;
    return wanted.severities.indexOf(own.severity) >= 0 &&
      wanted.words.every(function (word) { return own.text.indexOf(word) >= 0; }) &&
      wanted.only.every(function (flag) { return own[flag] === "yes"; });
  }

  function filter() {
    var wanted = {
      words: form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean),
      severities: checked("severity"),
      only: checked("only")
    };
    var shown = 0;
    cards.forEach(function (card) {
      var any = false;
      Array.prototype.forEach.call(card.querySelectorAll("tr[data-severity]"), function (row) {
        row.hidden = !fits(row, wanted);
        if (!row.hidden) { any = true; shown += 1; }
      });
      card.hidden = !any;
    });
    count.textContent = shown + (shown === 1 ? " finding shown" : " findings shown");
  }

  function sort() {
    var by = form.elements.sort.value;
    var order = {
      worst: function (a, b) { return a.dataset.rank - b.dataset.rank; },
      name: function (a, b) { return a.dataset.name < b.dataset.name ? -1 : a.dataset.name > b.dataset.name ? 1 : 0; },
      epss: function (a, b) { return b.dataset.epss - a.dataset.epss || a.dataset.rank - b.dataset.rank; },
      count: function (a, b) { return b.dataset.count - a.dataset.count || a.dataset.rank - b.dataset.rank; }
    }[by];
    cards.slice().sort(order).forEach(function (card) { list.appendChild(card); });
  }

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("change", function () { sort(); filter(); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      form.elements.q.focus();
    }
  });
  // What is folded away belongs on paper too.
  window.addEventListener("beforeprint", function () {
    Array.prototype.forEach.call(document.querySelectorAll("details"), function (one) { one.open = true; });
  });
  filter();
})();
