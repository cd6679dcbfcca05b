/** Tries what a page gone wrong would try. Gives what became of each attempt: 'refused', or 'done'. */
async () => {
  const outcome = (work) =>
    work.then(
      () => 'done',
      () => 'refused',
    );
  const loaded = (tag, src) =>
    new Promise((resolve) => {
      const element = document.createElement(tag);
      element.onload = () => resolve('done');
      element.onerror = () => resolve('refused');
      element.src = src;
      document.head.append(element);
    });
  const connected = (address) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(address);
      socket.onopen = resolve;
      socket.onerror = reject;
    });
  const evaluated = () => {
    try {
      return new Function('return "done"')();
    } catch {
      return 'refused';
    }
  };
  const inlined = () => {
    const script = document.createElement('script');
    script.textContent = 'window.inlineRan = true';
    document.head.append(script);
    return 'inlineRan' in window ? 'done' : 'refused';
  };
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const shut = async (popup) => {
    for (let tries = 0; popup && !popup.closed && tries < 200; tries++) await wait(100);
    return popup === null || popup.closed ? 'refused' : 'done';
  };
  const popup = window.open('https://example.com/');
  document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://framed.example/' }));
  await wait(300);
  return {
    fetch: await outcome(fetch('https://example.com/')),
    ownFile: await outcome(fetch('/index.html')),
    socket: await outcome(connected('wss://example.com/')),
    image: await loaded('img', 'https://tracker.example/face.png?who=me'),
    script: await loaded('script', 'https://cdn.example/x.js'),
    evaluated: evaluated(),
    inlined: inlined(),
    popup: await shut(popup),
    node: ['require', 'process', 'module'].some((name) => name in window) ? 'done' : 'refused',
    otherMedia: await loaded('img', '/apexscope-media/video/..%2f..%2f..%2fetc%2fpasswd'),
  };
};
