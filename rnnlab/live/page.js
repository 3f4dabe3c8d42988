// What a lab needs in the page. It runs with each new picture, as the `load` handler of an empty style element, `this`:
// data-alt holds the picture's words, data-largest the bytes of the largest file that can be sent.
const lab = this.closest('.rnnlab-lab');
const {alt, largest} = this.dataset;
const until = performance.now() + 10000;

// Put a value into a hidden text field of ours, as if it had been typed, so that the kernel learns of it.
function tell(field, value) {
  field.value = value;
  for (const told of ['input', 'change']) field.dispatchEvent(new Event(told, {bubbles: true}));
}

// A file too large for the page's line to its kernel would cut that line, and nobody would say why: it is held back here.
function watchUploads(refused) {
  function holdBack(event) {
    const file = [...this.files].find(file => file.size > largest);
    if (!file) return;
    event.stopImmediatePropagation();
    tell(refused, `${file.name} ${file.size}`);
  }
  refused.dataset.watched = 'true';
  lab.addEventListener('click', event => {  // an upload's input is in no page: it is met when the button clicks it
    const click = HTMLInputElement.prototype.click;
    const putBack = () => { HTMLInputElement.prototype.click = click; };
    if (!event.target.closest('.widget-upload')) return;
    HTMLInputElement.prototype.click = function () {
      putBack();
      this.addEventListener('change', holdBack, true);
      this.click();
    };
    setTimeout(putBack);
  }, true);
}

(function name() {
  const image = lab.querySelector('img');
  const handles = lab.querySelectorAll('.noUi-handle');
  const ratio = lab.querySelector('.rnnlab-ratio input');
  const refused = lab.querySelector('.rnnlab-refused input');
  if ((!image || !handles.length || !ratio) && performance.now() < until) {
    setTimeout(name, 100);
    return;
  }
  // ipywidgets names neither a picture nor a slider's handle: a screen reader would say 'image' and 'slider' and no more.
  if (image) image.alt = alt;
  for (const handle of handles) handle.ariaLabel = handle.closest('.widget-inline-hbox').querySelector('label').textContent;
  if (ratio && ratio.value !== String(devicePixelRatio)) tell(ratio, devicePixelRatio);
  if (refused && !refused.dataset.watched) watchUploads(refused);
  // Keys pressed on a control are the control's: JupyterLab would use the arrow keys to move between cells.
  for (const control of [...handles, ...lab.querySelectorAll('select, button')]) control.dataset.lmSuppressShortcuts = 'true';
})();
