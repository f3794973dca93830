// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const findings = [...document.querySelectorAll('.finding')];
  const drivers = (f) => f.dataset.driver.split('\n');
  const text = new Map();  // what the search looks at, made on first use
  const filters = ['search', 'driver', 'check', 'sure', 'group'];
  byId('tools').hidden = byId('theme').hidden = false;
  byId('tools').hidden = !findings.length;

  // Filters and groups.
  function shows(f, words) {
    const {driver, check, sure} = Object.fromEntries(filters.map((n) => [n, byId(n).value]));
    if ((driver && !drivers(f).includes(driver)) || (check && f.dataset.check !== check) ||
        (sure && f.dataset.sure !== sure))
      return false;
    if (!words.length)
      return true;
    if (!text.has(f)) {
      const steps = f.querySelector('.steps').textContent;
      text.set(f, (f.querySelector('summary').textContent + ' ' + steps + ' ' +
          f.dataset.driver).toLowerCase());
    }
    return words.every((w) => text.get(f).includes(w));
  }

  function groupsOf(f) {
    const by = byId('group').value;
    if (by !== 'driver')
      return by === 'check' ? f.dataset.check : f.dataset.file;
    // A header's finding is in several drivers: it goes where one looks for it.
    const picked = byId('driver').value;
    return picked && drivers(f).includes(picked) ? picked : drivers(f)[0];
  }

  function update() {
    const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
    const groups = new Map();
    for (const f of findings) {
      const shown = shows(f, words);
      f.hidden = !shown;
      const name = groupsOf(f);
      if (!groups.has(name))
        groups.set(name, {all: [], shown: 0});
      groups.get(name).all.push(f);
      groups.get(name).shown += shown;
    }
    const sections = [...groups.keys()].sort().map((name) => {
      const section = document.createElement('section');
      section.className = 'group';
      const title = document.createElement('h2');
      const count = document.createElement('small');
      count.textContent = groups.get(name).shown;
      title.append(name + ' ', count);
      section.append(title, ...groups.get(name).all);
      section.hidden = !groups.get(name).shown;
      return section;
    });
    byId('findings').replaceChildren(...sections);
    const n = findings.filter((f) => !f.hidden).length;
    byId('shown').textContent = n + ' of ' + findings.length;
  }
  if (findings.length)
    for (const id of filters)
      byId(id).addEventListener('input', update);

  for (const pick of document.querySelectorAll('.pick'))
    pick.addEventListener('click', () => {
      byId('search').value = byId('driver').value = byId('check').value = '';
      byId(pick.dataset.what).value = pick.dataset.value;
      update();
    });

  byId('open').addEventListener('click', () => {
    const all = findings.filter((f) => !f.hidden);
    const open = all.some((f) => !f.open);
    for (const f of all)
      f.open = open;
  });

  byId('theme').addEventListener('click', () => {
    const root = document.documentElement;
    const dark = getComputedStyle(root).colorScheme === 'dark';
    root.dataset.theme = dark ? 'light' : 'dark';
  });

  // The step that is looked at: by link, by the keys n and p.
  let current = null, step = 0;

  // The path as arrows from step to step, left of the source.
  const svgName = 'http://www.w3.org/2000/svg';
  function draw(finding) {
    const code = finding.querySelector('.code');
    code.querySelector('svg')?.remove();
    const box = code.getBoundingClientRect();
    const marks = [...code.querySelectorAll('.step .no b')].map((b) => {
      const r = b.getBoundingClientRect();
      return {n: +b.textContent, x: r.left - box.left - 2, y: (r.top + r.bottom) / 2 - box.top};
    }).sort((a, b) => a.n - b.n);
    const svg = document.createElementNS(svgName, 'svg');
    svg.setAttribute('width', box.width);
    svg.setAttribute('height', box.height);
    svg.setAttribute('aria-hidden', 'true');
    for (let i = 0; i + 1 < marks.length; ++i) {
      const a = marks[i], b = marks[i + 1];
      // In the margin; longer ways swing out further, so that they stay apart.
      const x = 22 - Math.min(34, Math.abs(b.y - a.y) / 12), from = a.y + 3, to = b.y - 3;
      const path = document.createElementNS(svgName, 'path');
      path.setAttribute('d', `M${a.x} ${from} C${x} ${from} ${x} ${to} ${b.x} ${to}` +
          ` m-5 -3.5 l5 3.5 l-5 3.5`);
      path.dataset.to = b.n;
      path.classList.toggle('now', finding === current && b.n === step);
      svg.append(path);
    }
    code.prepend(svg);
  }

  function goTo(f, n) {
    const rows = f.querySelectorAll('.step').length;
    if (n < 1 || n > rows)
      return;
    document.querySelectorAll('.now').forEach((e) => e.classList.remove('now'));
    f.open = true;
    current = f;
    step = n;
    draw(f);
    const row = byId(f.id + '-' + n);
    row.classList.add('now');
    f.querySelectorAll('.steps li')[n - 1].classList.add('now');
    row.scrollIntoView({block: 'nearest'});
  }

  for (const f of findings) {
    f.addEventListener('toggle', () => {
      if (!f.open)
        return;
      step = current === f ? step : 0;
      current = f;
      draw(f);
    });
    f.addEventListener('click', (e) => {
      const link = e.target.closest('a[href^="#f"]');
      if (!link)
        return;
      e.preventDefault();
      history.replaceState(null, '', link.getAttribute('href'));
      goTo(f, +link.getAttribute('href').split('-').pop());
    });
  }

  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches('input, select'))
      return;
    if (e.key === '/') {
      e.preventDefault();
      byId('search').focus();
    } else if ((e.key === 'n' || e.key === 'p') && current?.open) {
      goTo(current, step + (e.key === 'n' ? 1 : -1));
    }
  });

  let timer = 0;
  window.addEventListener('resize', () => {
    clearTimeout(timer);
    timer = setTimeout(() => findings.filter((f) => f.open).forEach(draw), 100);
  });

  // A link to a finding (#f<fingerprint>-<n>), to one of its steps, or to a
  // selection (#?driver=a&check=b&sure=definite&search=words&group=file).
  function followHash() {
    if (location.hash.startsWith('#?')) {
      const wanted = new URLSearchParams(location.hash.slice(2));
      for (const id of filters)
        if (wanted.has(id))
          byId(id).value = wanted.get(id);
      update();
      return;
    }
    const target = location.hash && byId(location.hash.slice(1));
    const f = target && target.closest('.finding');
    if (!f)
      return;
    f.open = true;
    if (target === f)
      f.scrollIntoView();
    else
      goTo(f, +target.id.split('-').pop());
  }
  window.addEventListener('hashchange', followHash);
  if (findings.length)
    update();
  if (findings.length === 1)
    findings[0].open = true;
  followHash();
})();
