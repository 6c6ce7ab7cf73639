// What the Compare page shows, for whoever keeps it: a title, the numbers of the table, the pictures.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const shown = (stateroom.shown = stateroom.shown || {});

    const names = () => compare.view().recordings.map((_, index) => compare.nameOf(index));

    /** A number as the table writes it: shares in per cent. */
    function valueOf(row, value, counted) {
        const isShare = row.write === compare.percent;
        const unit = [isShare ? "%" : "", counted].filter(Boolean).join(" ");
        return {value: isShare ? Number((100 * value).toPrecision(6)) : value, ...(unit ? {unit} : {})};
    }

    /** Every number of the table, named by its measure and its recording. */
    function numbers() {
        return compare.measures().filter(({cell}) => cell && Number.isFinite(cell.value)).map(({row, index, cell}) => ({
            name: (row.full || row.name) + ", " + compare.nameOf(index), ...valueOf(row, cell.value, Number.isFinite(cell.n) ? "(n = " + stateroom.whole(cell.n) + ")" : ""),
        }));
    }

    shown.compare = {
        title: () => "Compared: " + names().join(", "),
        numbers,
        picture: async () => compare.svgOf(),
    };
})();
