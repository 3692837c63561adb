// Numbers the lines of a text while it is being written, asks what is wrong with it when the writer pauses, and leads to the place. The page works without it.
(() => {
  if (customElements.get('content-editor')) return;
  const pause = 600;

  class ContentEditor extends HTMLElement {
    connectedCallback() {
      if (!this.isPrepared) {
        this.isPrepared = true;
        this.addEventListener('input', () => this.changed());
        this.addEventListener('click', event => this.lead(event));
      }
      this.number();
    }

    get text() { return this.querySelector('textarea'); }

    get isChanged() { return this.text.value !== this.text.defaultValue; }

    changed() {
      this.number();
      clearTimeout(this.waiting);
      if (this.dataset.check) this.waiting = setTimeout(() => this.check(), pause);
    }

    // One question at a time; what was written meanwhile is asked about next.
    async check() {
      if (this.asking) {
        this.askAgain = true;
        return;
      }
      this.asking = true;
      try {
        const answer = await fetch(this.dataset.check, { method: 'POST', body: new FormData(this.querySelector('form')) });
        if (answer.ok) this.querySelector('.editor-found').innerHTML = await answer.text();
        this.number();
      } finally {
        this.asking = false;
        if (this.askAgain) {
          this.askAgain = false;
          this.check();
        }
      }
    }

    number() {
      const lines = this.text.value.split('\n').length;
      const faults = new Map([...this.querySelectorAll('li[data-line]')].map(item => [Number(item.dataset.line), item.classList.contains('editor-reminder')]));
      this.text.rows = Math.max(12, lines + 1);
      this.querySelector('.editor-lines').replaceChildren(...Array.from({ length: lines }, (_, index) => {
        const line = document.createElement('span');
        line.textContent = `${index + 1}\n`;
        if (faults.has(index + 1)) line.className = faults.get(index + 1) ? 'editor-line-reminder' : 'editor-line-fault';
        return line;
      }));
    }

    lead(event) {
      const link = event.target.closest('a[data-line]');
      if (!link) return;
      event.preventDefault();
      const line = Number(link.dataset.line);
      const lines = this.text.value.split('\n');
      const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
      const at = start + Math.min(Math.max(Number(link.dataset.column) - 1, 0), (lines[line - 1] ?? '').length);
      this.text.focus({ preventScroll: true });
      this.text.setSelectionRange(at, start + (lines[line - 1] ?? '').length);
      const box = this.querySelector('.editor-box');
      box.scrollTop = (line - 1) * this.text.scrollHeight / this.text.rows - box.clientHeight / 3;
      box.scrollIntoView({ block: 'nearest' });
    }
  }

  customElements.define('content-editor', ContentEditor);
  const editors = () => [...document.querySelectorAll('content-editor')];
  // What was sent is no longer lost by leaving; a preview leaves nothing.
  let isSending = false;
  const unsaved = () => !isSending && editors().some(editor => editor.isChanged);
  document.addEventListener('submit', event => { if (!event.submitter?.formTarget) isSending = true; });
  document.addEventListener('turbo:render', () => {
    isSending = false;
    for (const editor of editors()) editor.number();
  });
  window.addEventListener('beforeunload', event => { if (unsaved()) event.preventDefault(); });
  document.addEventListener('turbo:before-visit', event => { if (unsaved() && !confirm('修改还没有保存，确定离开吗？')) event.preventDefault(); });
})();
