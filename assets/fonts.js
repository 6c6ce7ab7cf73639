// What is drawn is measured in the faces it is written in: the app begins when they are there.
//
// A chart that Plotly lays out, or a cloud of words, in the face of the system stays as it was when ours arrives,
// and two readers of one address would see two pictures.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const FACES = ["400 1em 'IBM Plex Sans'", "600 1em 'IBM Plex Sans'", "400 1em 'IBM Plex Mono'", "600 1em 'IBM Plex Mono'"];
    // Without them the page is only less even: nobody waits for long.
    const AT_MOST_MS = 3000;

    const late = new Promise((done) => window.setTimeout(done, AT_MOST_MS));
    const here = Promise.allSettled(FACES.map((face) => document.fonts.load(face)));
    stateroom.fonts = Promise.race([here, late]);
})();
