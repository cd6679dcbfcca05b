/** Drops the file that was put into a file input of the test on what lies in the middle of the page. */
async (inputId) => {
  const transfer = new DataTransfer();
  for (const file of document.getElementById(inputId).files) transfer.items.add(file);
  const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  const options = { bubbles: true, cancelable: true, dataTransfer: transfer };
  for (const type of ['dragover', 'drop']) target.dispatchEvent(new DragEvent(type, options));
};
