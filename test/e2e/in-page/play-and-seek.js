/** Plays the video at an address, jumps to its first second, and gives its size and where it is. */
async (address) => {
  const video = document.createElement('video');
  video.muted = true;
  video.src = address;
  await new Promise((resolve, reject) => {
    video.onloadeddata = resolve;
    video.onerror = () => reject(new Error(video.error.message));
  });
  video.currentTime = 1;
  await new Promise((resolve) => (video.onseeked = resolve));
  return { width: video.videoWidth, height: video.videoHeight, timeSec: video.currentTime };
};
