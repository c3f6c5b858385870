import { delay, drag, queryFirst, waitFor } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";
import { EDGE, HOLD } from "@prospect/prospect_kanban/column_turner";
import { beginCard, column, giveReason } from "@prospect/../tests/tours/steps";

const card = ".o_kanban_record:contains(Nina Lopez)";

/**
 * Hold the card until it can be dragged, move it to the right side of the screen, wait
 * there until the column with that title fills the screen, and let go.
 */
function dragTo(title) {
    return async () => {
        // What is still being loaded makes the cards anew, and would end the drag.
        await delay(500);
        queryFirst(card).scrollIntoView({ behavior: "instant", inline: "center" });
        const { drop, moveTo } = await drag(card);
        await delay(400);
        for (const x of [window.innerWidth / 2 + 40, window.innerWidth - EDGE / 2]) {
            await moveTo(".o_kanban_renderer", { position: { x, y: 600 } });
            await delay(50);
        }
        await waitFor(`.o_kanban_hover${column(title)}`, { timeout: 6 * HOLD });
        await drop();
    };
}

// The same salesperson on a phone: a prospect met a minute ago.
registry.category("web_tour.tours").add("prospect_phone", {
    url: "/odoo/prospects",
    steps: () => [
        { trigger: ".o_kanban_view" },
        ...beginCard({ contact_name: "Nina Lopez", phone: "06 12 34 56 78" }),
        { trigger: ".o_kanban_quick_create .o_kanban_edit", run: "click" },
        { trigger: ".o_field_widget[name=last_name] input:value(Lopez)" },
        {
            content: "the status is a button that opens the others",
            trigger: ".o_statusbar_status .dropdown-toggle:contains(Nouveau)",
            run: "click",
        },
        { trigger: ".o-dropdown--menu .o-dropdown-item:contains(En cours)", run: "click" },
        { trigger: ".o_statusbar_status .dropdown-toggle:contains(En cours)" },
        {
            content: "add to a list: on a phone the lists fill the screen",
            trigger: ".o_field_widget[name=list_ids] input",
            run: "click",
        },
        { trigger: ".modal .o_kanban_record:contains(Salon de printemps)", run: "click" },
        { trigger: ".o_field_widget[name=list_ids] .o_tag:contains(Salon de printemps)" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.o_form_button_save:visible))" },
        {
            content: "mark as junk, with a reason; buttons are in a menu on a phone",
            trigger: ".o_statusbar_buttons button:has(.oi-ellipsis-v)",
            run: "click",
        },
        { trigger: ".o-dropdown-item button:contains(Écarter)", run: "click" },
        ...giveReason("Adresse fausse"),
        { trigger: ".ribbon:contains(Écarté)" },
        { trigger: ".o_statusbar_buttons button[name=action_restore]", run: "click" },
        { trigger: ".o_statusbar_status .dropdown-toggle:contains(En cours)" },
        { trigger: ".o_back_button", run: "click" },
        {
            content: "filter in the panel, which is a bar over the columns on a phone",
            trigger: ".o_search_panel .btn:contains(Liste)",
            run: "click",
        },
        {
            trigger: ".o_search_panel_filter_value:contains(Salon de printemps) input",
            run: "click",
        },
        { trigger: card },
        { trigger: "body:not(:has(.o_kanban_record:contains(Marc Girard)))" },
        {
            trigger: ".o_search_panel_filter_value:contains(Salon de printemps) input",
            run: "press Escape",
        },
        { trigger: "body:not(:has(.o_search_panel_filter_value))" },
        {
            content: "find by a phone typed with spaces",
            trigger: ".o_control_panel button:has(.fa-search)",
            run: "click",
        },
        { trigger: ".o_searchview_input", run: "edit 06 12 34 56 78" },
        { trigger: ".o_searchview_autocomplete .o-dropdown-item:first", run: "click" },
        { trigger: ".o_searchview_facet:contains(06 12 34 56 78)" },
        {
            content: "dragging to the next status",
            trigger: `${column("En cours")} ${card}`,
            run: dragTo("À clarifier"),
        },
        {
            content: "dragging to junk asks for the reason",
            trigger: `${column("À clarifier")} ${card}`,
            run: dragTo("Écarté"),
        },
        { trigger: ".modal:contains(Écarter)" },
        { content: "Escape changes nothing", trigger: ".modal .btn-close", run: "press Escape" },
        { trigger: "body:not(:has(.modal))" },
        {
            trigger: `${column("À clarifier")} ${card}`,
            run: dragTo("Écarté"),
        },
        ...giveReason("Adresse fausse"),
        { trigger: `body:not(:has(${column("À clarifier")} ${card}))` },
    ],
});
