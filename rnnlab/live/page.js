// What a lab needs in the page. It runs whenever the picture's words change, as the `load` handler of an empty style
// element, `this`: data-alt holds the words, data-largest the bytes of the largest file that can be sent.
const lab = this.closest('.rnnlab-lab');
const until = performance.now() + 10000;

// Put a value into a hidden text field of ours, as if it had been typed, so that the kernel learns of it.
function tell(field, value) {
  field.value = value;
  for (const told of ['input', 'change']) field.dispatchEvent(new Event(told, {bubbles: true}));
}

// A file too large for the connection to the kernel would break it without a word, so it is held back here.
function watchUploads(refused) {
  function holdBack(event) {
    const file = [...this.files].find(file => file.size > lab.querySelector('style[data-largest]').dataset.largest);
    if (!file) return;
    event.stopImmediatePropagation();
    tell(refused, `${file.name} ${file.size}`);
  }
  lab.addEventListener('click', event => {  // an upload's input is not in the page: it is caught when the button clicks it
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

// Screen pixels per page pixel: they change with the zoom, and when the window moves to another screen.
function watchRatio(field) {
  if (field.value !== String(devicePixelRatio)) tell(field, devicePixelRatio);
  const seen = new WeakRef(field);  // so that a closed lab can be freed
  matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener('change', () => {
    const field = seen.deref();
    if (field) watchRatio(field);
  }, {once: true});
}

function once(element, watch) {
  if (!element || element.dataset.watched) return;
  element.dataset.watched = 'true';
  watch(element);
}

(function name() {
  const image = lab.querySelector('img');
  const handles = lab.querySelectorAll('.noUi-handle');
  // ipywidgets names neither a picture nor a slider's handle: a screen reader would only say 'image' and 'slider'.
  if (image) image.alt = lab.querySelector('style[data-alt]').dataset.alt;
  for (const handle of handles) {
    handle.ariaLabel = handle.closest('.widget-inline-hbox').querySelector('label').textContent;
  }
  // Keys pressed on a control belong to it: JupyterLab would use the arrow keys to move between cells.
  for (const control of [...handles, ...lab.querySelectorAll('select, button')]) {
    control.dataset.lmSuppressShortcuts = 'true';
  }
  once(lab.querySelector('.rnnlab-ratio input'), watchRatio);
  once(lab.querySelector('.rnnlab-refused input'), watchUploads);
  if ((!image || !handles.length) && performance.now() < until) setTimeout(name, 100);
})();
