// The view of a page that keeps everything in its address: one value, one direction.
//
//   address -> server (dashboard/links.py) -> VIEW -> requests -> server -> stores -> what is drawn
//
// Whoever wants something else calls `stateroom.view.change({...})`; the address follows. `stateroom.view` is the
// view of Select & match, `stateroom.clustersView` that of Clusters; `stateroom.views` are all of them.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const KEPT_PARAMETERS = ["embed", "theme"];
    const LOST_AFTER_MS = 60000;
    const SHOWN_AFTER_MS = 300;
    const RESTS_AFTER_MS = 150;

    /** The view of a page; `ids` are those of the page and its stores, `namespace` is where Dash finds its functions. */
    function viewOf(ids, namespace) {
        let current = null;
        let settings = null;
        let asked = 0;
        let path = "";
        let storing = 0;
        const listeners = [];
        const requests = new Map();
        const fingerprints = new Map();

        const setProps = (id, props) => window.dash_clientside.set_props(id, props);
        const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
        const mounted = () => settings !== null && document.getElementById(ids.page) !== null;

        // ---- address ----------------------------------------------------------------------------------------
        function written(value) {
            if (typeof value === "boolean") {
                return value ? "1" : "0";
            }
            if (Array.isArray(value)) {
                return value.map((item) => String(item).replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
            }
            return typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toPrecision(6))) : String(value);
        }

        /** The address of a view: only what differs from the default is written. */
        function addressOf(view) {
            const parameters = new URLSearchParams();
            Object.entries(settings.names).forEach(([field, name]) => {
                if (view[field] !== undefined && !same(view[field], settings.view[field])) {
                    parameters.set(name, written(view[field]));
                }
            });
            const here = new URLSearchParams(window.location.search);
            KEPT_PARAMETERS.filter((name) => here.has(name)).forEach((name) => parameters.set(name, here.get(name)));
            const query = parameters.toString();
            return window.location.pathname + (query ? "?" + query : "");
        }

        function writeAddress(history) {
            const url = addressOf(current);
            if (url === window.location.pathname + window.location.search) {
                return;
            }
            if (history === "push") {
                window.history.pushState({}, "", url);
            } else {
                window.history.replaceState(window.history.state, "", url);
            }
            if (stateroom.markMenu) {
                stateroom.markMenu();
            }
        }

        /** What is slow and nobody needs while the pointer moves: the address, and the store of Dash. */
        function store() {
            storing = 0;
            if (mounted()) {
                writeAddress("replace");
                setProps(ids.view, {data: current});
            }
        }

        function readAddress() {
            asked += 1;
            return {search: window.location.search, n: asked};
        }

        window.addEventListener("popstate", () => {
            if (mounted() && window.location.pathname === path) {
                window.clearTimeout(storing);
                storing = 0;
                setProps(ids.address, {data: readAddress()});
            }
        });

        // ---- requests ---------------------------------------------------------------------------------------
        // A request is the part of the view that one answer depends on. It is sent when that part changes, one at
        // a time: while one is under way only the last of those that follow is kept, and then sent. So dragging
        // never queues, and always ends with the answer to where it ended.
        function send(id, request, wanted) {
            request.last = JSON.stringify(wanted);
            request.next = undefined;
            request.sentAt = Date.now();
            request.timer = request.timer || window.setTimeout(() => {
                request.late = true;
                mark();
            }, SHOWN_AFTER_MS);
            request.under_way = true;
            if (request.arrived) {
                fetchAnswer(id, request, wanted);
            } else {
                setProps(id, {data: wanted});
            }
        }

        async function fetchAnswer(id, request, wanted) {
            const {generation} = request;
            const reply = await stateroom.ask(settings.ask + id, wanted);
            if (request.generation !== generation || !mounted()) {
                return;
            }
            if (reply.error && request.failed) {
                request.failed(reply.error, wanted);
            } else if (reply.error) {
                stateroom.messages.show([reply.error], "error");
            } else if (fits(wanted.recording, reply.answer.fingerprint)) {
                request.arrived(reply.answer, wanted);
            }
            ended(id);
        }

        /** Whether an answer is of the recording that the page shows; a picture of two recordings would be wrong. */
        function fits(recording, fingerprint) {
            const known = fingerprints.get(recording) || fingerprint;
            fingerprints.set(recording, known);
            if (known !== fingerprint) {
                stateroom.messages.show(["Recording '" + recording + "' was replaced while this page was open, "
                    + "and the page shows the old one. Load the page again."], "error");
            }
            return known === fingerprint;
        }

        function consider(id, request) {
            const wanted = request.derive(current);
            if (wanted === null || wanted === undefined) {
                request.next = undefined;
                return;
            }
            if (request.under_way && Date.now() - request.sentAt < LOST_AFTER_MS) {
                request.next = JSON.stringify(wanted) === request.last ? undefined : wanted;
            } else if (JSON.stringify(wanted) !== request.last) {
                send(id, request, wanted);
            }
        }

        function ended(id) {
            const request = requests.get(id);
            if (!request) {
                return;
            }
            request.under_way = false;
            if (request.next !== undefined) {
                send(id, request, request.next);
                return;
            }
            window.clearTimeout(request.timer);
            request.timer = 0;
            request.late = false;
            mark();
        }

        /** Every wait of more than 300 ms shows that something is under way. */
        function mark() {
            const page = document.getElementById(ids.page);
            if (!page) {
                return;
            }
            const late = [...requests].filter(([, request]) => request.late).map(([id]) => id);
            page.dataset.waiting = late.join(" ");
        }

        // ---- the view ---------------------------------------------------------------------------------------
        function spread(previous) {
            listeners.forEach((listener) => listener(current, previous || {}));
            requests.forEach((request, id) => consider(id, request));
        }

        const page = {
            get: () => current,
            defaults: () => settings.view,
            /** What else the page told its scripts, e.g. the path of another page. */
            setting: (name) => settings[name],
            mounted,
            fits,
            /**
             * Show something else. `history`: "push" makes a step for the back button, "replace" does not.
             * `moving`: more of the same follows at once (dragging), so whoever works with the store can wait.
             */
            change(patch, options) {
                if (!mounted() || current === null) {
                    return;
                }
                const previous = current;
                const next = {...current, ...patch};
                if (same(next, previous)) {
                    return;
                }
                const {history, moving} = {history: "push", moving: false, ...options};
                if (history === "push" && storing) {
                    // What was dragged a moment ago still waits to be written: the back button leads to where it ended.
                    writeAddress("replace");
                }
                current = next;
                if (history === "push" || !moving) {
                    writeAddress(history);
                }
                spread(previous);
                window.clearTimeout(storing);
                storing = window.setTimeout(store, moving ? RESTS_AFTER_MS : 0);
                if (stateroom.messages) {
                    stateroom.messages.outdated();
                }
            },
            /** Show what may not fit (another recording or state): the server checks it first. */
            open(patch) {
                window.clearTimeout(storing);
                storing = 0;
                window.history.pushState({}, "", addressOf({...current, ...patch}));
                stateroom.markMenu();
                setProps(ids.address, {data: readAddress()});
            },
            /** Call `listener(view, previous)` upon every change; `previous` is {} the first time. */
            subscribe(listener) {
                listeners.push(listener);
                if (current && mounted()) {
                    listener(current, {});
                }
            },
            /**
             * Ask again whenever `derive(view)` changes; nothing is asked while it is null. With `arrived`, `id` is a
             * question and `arrived(answer, wanted)` is called; without, `id` is a store that a Dash callback listens to.
             * `failed(sentence, wanted)` is called when there is no answer; without it the sentence becomes a message.
             */
            request(id, derive, arrived, failed) {
                requests.set(id, {derive, arrived, failed, last: undefined, next: undefined, under_way: false, timer: 0, generation: 0});
            },
            /** Ask again although nothing changed. */
            again(id) {
                const request = requests.get(id);
                request.last = undefined;
                consider(id, request);
            },
            /** Consider again what to ask: `derive` depends on more than the view. */
            reconsider: (id) => consider(id, requests.get(id)),
            address: () => addressOf(current),
        };

        // ---- what Dash calls --------------------------------------------------------------------------------
        window.dash_clientside = window.dash_clientside || {};
        window.dash_clientside[namespace] = {
            mounted(defaults) {
                settings = defaults;
                current = null;
                path = window.location.pathname;
                fingerprints.clear();
                requests.forEach((request) => {
                    request.generation += 1;
                    Object.assign(request, {last: undefined, next: undefined, under_way: false});
                });
                return readAddress();
            },
            arrived(view) {
                if (!view || view.asked === undefined || view.asked !== asked) {
                    return;
                }
                const previous = current;
                const {asked: _n, ...rest} = view;
                if (current && same(rest, current)) {
                    return;
                }
                current = rest;
                writeAddress("replace");
                spread(previous);
            },
            flight(flight) {
                if (flight && !flight.on) {
                    ended(flight.request);
                }
            },
        };
        return page;
    }

    stateroom.view = viewOf({page: "match-page", view: "match-view", address: "match-address"}, "stateroom_view");
    stateroom.clustersView = viewOf(
        {page: "clusters-page", view: "clusters-view", address: "clusters-address"}, "stateroom_clusters_view");
    stateroom.memoryView = viewOf({page: "memory-page", view: "memory-view", address: "memory-address"}, "stateroom_memory_view");
    stateroom.sentencesView = viewOf(
        {page: "sentences-page", view: "sentences-view", address: "sentences-address"}, "stateroom_sentences_view");
    stateroom.compareView = viewOf({page: "compare-page", view: "compare-view", address: "compare-address"}, "stateroom_compare_view");
    stateroom.views = [stateroom.view, stateroom.clustersView, stateroom.sentencesView, stateroom.memoryView, stateroom.compareView];
})();
