// What the Compare page shows, for whoever keeps it: a title, the numbers of the table, the pictures.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const shown = (stateroom.shown = stateroom.shown || {});

    const names = () => compare.view().recordings.map((_, index) => compare.nameOf(index));

    /** Every number of the table, named by its measure and its recording. */
    function numbers() {
        return compare.measures().filter(({cell}) => cell && Number.isFinite(cell.value)).map(({row, index, cell}) => ({
            name: row.name + ", " + compare.nameOf(index), value: cell.value, ...(Number.isFinite(cell.n) ? {unit: "n = " + stateroom.whole(cell.n)} : {}),
        }));
    }

    shown.compare = {
        title: () => "Compared: " + names().join(", "),
        numbers,
        picture: async () => compare.svgOf(),
    };
})();
