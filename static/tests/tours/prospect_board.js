import { delay, drag, queryAll, queryFirst, waitFor } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";
import { EDGE, HOLD } from "@prospect/prospect_kanban/column_turner";

const first = ".o_kanban_group:first";
const second = ".o_kanban_group:eq(1)";
const card = (name) => `.o_kanban_record:contains(${name})`;

/** Cards of the first column are in that order. */
function isBefore(one, other) {
    return () => {
        const texts = queryAll(`${first} .o_kanban_record`).map((el) => el.textContent);
        const places = [one, other].map((name) => texts.findIndex((text) => text.includes(name)));
        if (places[0] < 0 || places[0] > places[1]) {
            throw new Error(`${one} is not before ${other}: ${texts}`);
        }
    };
}

/** Drag the card to the second column: with a finger, hold it at the side of the screen. */
async function dragToSecond(helpers) {
    // what is still being loaded makes the cards anew, and would end the drag
    await delay(700);
    if (window.innerWidth > 768) {
        await helpers.drag_and_drop(second);
        return;
    }
    const dragged = `${first} ${card("Zoé Roy")}`;
    queryFirst(dragged).scrollIntoView({ behavior: "instant", inline: "center" });
    const { drop, moveTo } = await drag(dragged);
    await delay(400);
    for (const x of [window.innerWidth / 2 + 40, window.innerWidth - EDGE / 2]) {
        await moveTo(".o_kanban_renderer", { position: { x, y: 600 } });
        await delay(50);
    }
    await waitFor(`${second}.o_kanban_hover`, { timeout: 6 * HOLD });
    await drop();
}

// A salesperson takes what has just come, opens it, sorts, drags and thinks better of it.
registry.category("web_tour.tours").add("prospect_board", {
    url: "/odoo/prospects",
    steps: () => [
        {
            content: "the latest one comes first, and is marked",
            trigger: `${first} ${card("Zoé Roy")} .o_prospect_unread`,
            run: isBefore("Zoé Roy", "Ana Starr"),
        },
        {
            content: "who waits too long is marked, too",
            trigger: `${first} ${card("Ana Starr")} .o_prospect_days.text-bg-warning:contains(30)`,
        },
        { trigger: `${card("Zoé Roy")} button.o_prospect_take`, run: "click" },
        { trigger: `${card("Zoé Roy")}:not(:has(button.o_prospect_take))` },
        { trigger: card("Zoé Roy"), run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=status_id]" },
        { trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        {
            content: "it was opened, and is marked no more; the other one is",
            trigger: `${card("Zoé Roy")}:not(:has(.o_prospect_unread))`,
        },
        { trigger: `${card("Ana Starr")} .o_prospect_unread` },
        {
            content: "sort the column by its stars",
            trigger: `${first} .o_kanban_header`,
            run: `hover && click ${first} .o_group_config button`,
        },
        { trigger: ".o_prospect_sort_arrival .fa-check" },
        { trigger: ".o_prospect_sort_stars", run: "click" },
        { trigger: `${first} .o_kanban_record:first:contains(Ana Starr)` },
        {
            trigger: `${first} .o_kanban_header`,
            run: `hover && click ${first} .o_group_config button`,
        },
        { trigger: ".o_prospect_sort_stars .fa-check" },
        { trigger: ".o_prospect_sort_arrival", run: "click" },
        { trigger: `${first} .o_kanban_record:first:contains(Zoé Roy)`, run: dragToSecond },
        { trigger: `${second} ${card("Zoé Roy")}` },
        { trigger: ".o_prospect_undo_toast button:has(.fa-undo)", run: "click" },
        { trigger: `${first} ${card("Zoé Roy")}` },
        { trigger: "body:not(:has(.o_prospect_undo_toast))" },
    ],
});
