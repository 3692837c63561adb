// Comfort only: every page works without this file. It hides questions that the present answers make needless, takes the
// reader to what is wrong, and keeps an impatient second click from being sent (the server would ignore it anyway).
(() => {
  const arrange = form => {
    const outcome = form.querySelector('[name="_outcome"]:checked, [name="_outcome"][type="hidden"]')?.value;
    for (const field of form.querySelectorAll('[data-when-field], [data-when-outcome]')) {
      const { whenField, whenValue, whenOutcome } = field.dataset;
      let asked = true;
      if (whenField) asked = answer(form, whenField) === whenValue;
      if (asked && whenOutcome) asked = whenOutcome.split(' ').includes(outcome);
      field.hidden = !asked;
      for (const input of field.querySelectorAll('input, select, textarea')) input.disabled = !asked;
    }
  };

  const answer = (form, name) => {
    for (const input of form.elements) {
      if (input.name !== name) continue;
      if (input.type === 'checkbox' || input.type === 'radio') {
        if (input.checked) return input.value;
      } else {
        return input.value;
      }
    }
    return '';
  };

  const prepare = () => {
    for (const form of document.querySelectorAll('form[data-arrange]')) arrange(form);
    for (const map of document.querySelectorAll('[data-flow-window]')) showHere(map);
    document.querySelector('[data-autofocus]')?.focus();
  };

  // The map opens where the case is.
  const showHere = map => {
    const here = map.querySelector('[data-flow-here]')?.getBoundingClientRect();
    if (!here) return;
    const frame = map.getBoundingClientRect();
    map.scrollLeft += here.left + here.width / 2 - frame.left - frame.width / 2;
    map.scrollTop += here.top + here.height / 2 - frame.top - frame.height / 2;
  };

  document.addEventListener('change', event => {
    const form = event.target.closest('form[data-arrange]');
    if (form) arrange(form);
  });

  document.addEventListener('submit', event => {
    const form = event.target;
    if (form.dataset.turbo !== 'false') return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });

  document.addEventListener('turbo:load', prepare);
  document.addEventListener('turbo:render', () => {
    // Morphing keeps what was chosen; the server has stored it already and shows it above the chooser.
    for (const chooser of document.querySelectorAll('input[type="file"]')) chooser.value = '';
    prepare();
  });
  if (!window.Turbo) document.addEventListener('DOMContentLoaded', prepare);
})();
