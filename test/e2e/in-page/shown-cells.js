/** Brightness at the centres of the cells of the picture that the player shows, or of its corner, row by row. */
async ({ columns, rows, corner }) => {
  const video = document.querySelector('video');
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(video, 0, 0);
  const { width, height } = corner ?? canvas;
  const cells = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const x = Math.floor(((column + 0.5) * width) / columns);
      const y = Math.floor(((row + 0.5) * height) / rows);
      cells.push(context.getImageData(x, y, 1, 1).data[0]);
    }
  return { cells, said: Number(video.dataset.frame) };
};
