// Puts one of Elsa Studio's elements into the page, with the portal's session. Loaded before Studio's own scripts, some of which declare globals: nothing here may.
(() => {
  'use strict';
  localStorage.BlazorCulture = 'zh-Hans';
  const place = document.getElementById('studio');
  const { element: tag, attribute, value } = place.dataset;

  // Who may change something proves with each request that a page of ours made it; who is signed out signs in again and comes back.
  const csrf = document.querySelector('meta[name="csrf"]').content;
  const send = window.fetch.bind(window);
  window.fetch = async (request, options = {}) => {
    const url = new URL(request instanceof Request ? request.url : request, location.href);
    if (url.origin !== location.origin || !url.pathname.startsWith('/elsa/')) return send(request, options);
    const headers = new Headers(options.headers ?? (request instanceof Request ? request.headers : undefined));
    headers.set('X-CSRF', csrf);
    const answer = await send(request, { ...options, headers });
    if (answer.status === 401) location.assign(`/sign-in?returnUrl=${encodeURIComponent(location.pathname)}`);
    return answer;
  };

  // Studio goes to another page by changing the address alone. The element of that page is in a page of ours.
  const go = history.pushState.bind(history);
  const isOurs = path => /^\/studio\/workflows\/(definitions|instances)(\/[^/]+\/(edit|view))?$/.test(path);
  history.pushState = (state, title, url) => {
    const next = url ? new URL(url, document.baseURI) : location;
    if (isOurs(next.pathname) && next.pathname !== location.pathname) location.assign(next.pathname);
    else go(state, title, url);
  };

  const editor = id => location.assign(`/studio/workflows/definitions/${encodeURIComponent(id)}/edit`);
  const viewer = id => location.assign(`/studio/workflows/instances/${encodeURIComponent(id)}/view`);
  customElements.whenDefined(tag).then(() => {
    const studio = document.createElement(tag);
    studio.setAttribute('remote-endpoint', `${location.origin}/elsa/api`);
    if (attribute) studio.setAttribute(attribute, value);
    place.replaceChildren(studio);
    // Set earlier, they would stand in the way of the element's own properties.
    studio.editWorkflowDefinition = editor;
    studio.viewWorkflowInstance = viewer;
  });

  // Studio speaks English; its words are replaced where they are shown. What people wrote themselves is in no dictionary.
  const words = window.studioWords;
  const translated = text => {
    const trimmed = text.trim();
    if (!trimmed || !/[A-Za-z]/.test(trimmed)) return null;
    if (Object.hasOwn(words.exact, trimmed)) return text.replace(trimmed, words.exact[trimmed]);
    for (const [pattern, replacement] of words.patterns) if (pattern.test(trimmed)) return text.replace(trimmed, trimmed.replace(pattern, replacement));
    return null;
  };
  const spoken = ['placeholder', 'title', 'aria-label', 'label'];
  const translate = node => {
    if (node.nodeType === Node.TEXT_NODE) {
      const words = translated(node.data);
      if (words !== null && words !== node.data) node.data = words;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || node.closest('.monaco-editor, script, style, textarea')) return;
    for (const name of spoken) {
      const said = node.getAttribute(name);
      const words = said && translated(said);
      if (words && words !== said) node.setAttribute(name, words);
    }
    for (const child of node.childNodes) translate(child);
  };
  new MutationObserver(changes => {
    for (const change of changes) {
      if (change.type === 'childList') change.addedNodes.forEach(translate);
      else if (change.type === 'attributes') translate(change.target);
      else if (!change.target.parentElement?.closest('.monaco-editor')) translate(change.target);
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: spoken });
})();
