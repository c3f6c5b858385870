import { browser } from "@web/core/browser/browser";

/** How near to a side of the screen a card turns the columns, in pixels. */
export const EDGE = 40;
/** How long it is held there before the next column comes, in milliseconds. */
export const HOLD = 800;

/**
 * Turns the columns of a phone's kanban while a dragged card is held at a side of the
 * screen, one column at a time. The column that fills the screen gets the card.
 *
 * The edge scrolling of Odoo's sortable does not do here: columns snap, so that its
 * small steps are undone, and what the finger is over at the edge is a strip of the
 * column after the one that the person looks at.
 */
export class ColumnTurner {
    constructor() {
        this.onMove = this.onMove.bind(this);
        this.onCross = this.onCross.bind(this);
    }

    /**
     * @param {HTMLElement} root of the renderer, which scrolls
     * @param {number} x of the pointer, in pixels from the left of the screen
     */
    start(root, x) {
        this.root = root;
        this.column = this.findColumn();
        this.side = 0;
        browser.addEventListener("pointermove", this.onMove);
        for (const type of ["pointerenter", "pointerleave"]) {
            root.addEventListener(type, this.onCross, { capture: true });
        }
        this.watch(x);
    }

    stop() {
        browser.clearTimeout(this.timer);
        browser.removeEventListener("pointermove", this.onMove);
        for (const type of ["pointerenter", "pointerleave"]) {
            this.root?.removeEventListener(type, this.onCross, { capture: true });
        }
    }

    /** At which side the pointer is: -1 the left one, 1 the right one, 0 none. */
    getSide(x) {
        if (x < EDGE) {
            return -1;
        }
        return x > browser.innerWidth - EDGE ? 1 : 0;
    }

    onMove(ev) {
        this.watch(ev.clientX);
    }

    /** What the pointer crosses at the edge is the strip of a column yet to come. */
    onCross(ev) {
        if (!this.isTurning && this.getSide(ev.clientX)) {
            ev.stopPropagation();
        }
    }

    watch(x) {
        const side = this.getSide(x);
        if (side !== this.side) {
            this.side = side;
            browser.clearTimeout(this.timer);
            if (side) {
                this.timer = browser.setTimeout(() => this.turn(), HOLD);
            }
        }
    }

    turn() {
        const next = this.findColumn(this.column, this.side);
        if (next) {
            this.root.scrollBy({ left: this.getOffset(next), behavior: "smooth" });
            // A finger that rests sends no event: show the sortable where it now is.
            this.isTurning = true;
            this.column.dispatchEvent(new PointerEvent("pointerleave"));
            next.dispatchEvent(new PointerEvent("pointerenter"));
            this.isTurning = false;
            this.column = next;
            this.timer = browser.setTimeout(() => this.turn(), HOLD);
        }
    }

    /** How far the middle of a column is from the middle of the screen, in pixels. */
    getOffset(column) {
        const { left, width } = column.getBoundingClientRect();
        const root = this.root.getBoundingClientRect();
        return left + width / 2 - (root.left + root.width / 2);
    }

    /**
     * The column in the middle of the screen, or the one next to another.
     *
     * @param {HTMLElement} [from]
     * @param {-1|1} [side] of that column; also where the text runs to the left
     * @returns {HTMLElement|undefined} none beside the last one
     */
    findColumn(from, side) {
        const origin = from ? this.getOffset(from) : 0;
        let found;
        let shortest = Infinity;
        for (const column of this.root.querySelectorAll(".o_kanban_group")) {
            const way = this.getOffset(column) - origin;
            const length = Math.abs(way);
            if (length < shortest && (!from || way * side > 1)) {
                found = column;
                shortest = length;
            }
        }
        return found;
    }
}
