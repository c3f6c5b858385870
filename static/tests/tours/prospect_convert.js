import { delay } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";

const dialog = ".modal .o_prospect_convert";
const preview = `${dialog} .o_prospect_convert_preview`;

// A French-speaking salesperson converts one prospect, sees both sides, and undoes it.
registry.category("web_tour.tours").add("prospect_convert", {
    url: "/odoo/prospects?view_type=list",
    steps: () => [
        {
            content: "open one's own prospect",
            trigger: ".o_data_row td[name=name]:contains(Anne Le Goff)",
            run: "click",
        },
        { trigger: ".o_form_statusbar button:contains(Convertir)", run: "click" },
        {
            content: "all three are suggested, and what will happen is told",
            trigger: `${preview}:contains(Biscuiterie Le Goff):contains(anne@convert.example.com)`,
        },
        {
            content: "no opportunity this time",
            trigger: `${dialog} .o_field_widget[name=make_opportunity] input:checked`,
            run: "click",
        },
        { trigger: `${preview}:not(:contains(Opportunité))` },
        { trigger: ".modal footer button[name=action_convert]", run: "click" },
        {
            content: "one stays where one is, and a toast opens what was made",
            trigger: ".o_prospect_undo_toast button:contains(Ouvrir)",
            run: "click",
        },
        {
            content: "the contact opens",
            trigger: ".o_form_view .o_field_widget[name=name] :value(Anne Le Goff)",
        },
        { trigger: "button[name=action_view_prospects]", run: "click" },
        {
            content: "the prospect is still there, converted",
            trigger: ".o_kanban_record:contains(Anne Le Goff):contains(Converti)",
            run: "click",
        },
        {
            content: "no button to convert it again",
            trigger: "body:not(:has(.o_form_statusbar button:contains(Convertir)))",
        },
        {
            content: "who converted it",
            trigger: ".o_field_widget[name=converted_by_id]:contains(Prospect salesman)",
        },
        { trigger: "button[name=action_prospect_open_receipt]", run: "click" },
        { trigger: "[data-card=updated]:contains(Converti)" },
        { trigger: "button[name=action_undo]", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: "[data-card=reversed]:contains(1)" },
    ],
});

// A salesperson who has not added a prospect sees no way to convert it.
registry.category("web_tour.tours").add("prospect_convert_not", {
    url: "/odoo/prospects?view_type=list",
    steps: () => [
        {
            content: "one's own has a button in the row, the other has none",
            trigger: ".o_data_row:contains(Anne Le Goff) button:has(.fa-star-o)",
        },
        {
            trigger: ".o_data_row:contains(Marc Girard):not(:has(button .fa-star-o))",
        },
        { trigger: ".o_data_row td[name=name]:contains(Marc Girard)", run: "click" },
        { trigger: ".o_field_widget[name=last_name] input:value(Girard)" },
        {
            trigger:
                "body:not(:has(.o_statusbar_buttons button:not(.o_prospect_ask_to_convert):contains(Convert)))",
        },
        { trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        {
            content: "the list is drawn from what was kept, then anew: it was opened",
            trigger: ".o_list_view .o_data_row:contains(Marc Girard)",
            run: () => new Promise((resolve) => setTimeout(resolve, 2000)),
        },
        {
            content: "together with one's own, it is named and left alone",
            trigger: ".o_data_row:contains(Marc Girard) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Anne Le Goff) .o_list_record_selector input",
            run: "click",
        },
        { trigger: ".o_control_panel button:contains(Convert)", run: "click" },
        {
            trigger: `${preview} .text-danger:contains(right)`,
        },
        { trigger: ".modal footer button[name=action_preview]", run: "click" },
        { trigger: "[data-card=failed]:contains(1)" },
        { trigger: "button[name=action_run]:contains(Convert 1 prospect)", run: "click" },
        { trigger: "[data-card=updated]:contains(Converted)" },
        { trigger: "button[name=action_undo]", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: "[data-card=reversed]:contains(1)" },
    ],
});

const column = (name) => `.o_kanban_group:contains(${name})`;

async function dragToConverted(helpers) {
    // what is still being loaded makes the cards anew, and would end the drag
    await delay(700);
    await helpers.drag_and_drop(column("Converted"));
}

// A card is dragged to Converted: the dialog opens, Escape leaves the card, and what was
// converted is taken back from the toast.
registry.category("web_tour.tours").add("prospect_convert_drag", {
    url: "/odoo/prospects",
    steps: () => [
        {
            content: "drag the card to Converted",
            trigger: `${column("New")} .o_kanban_record:contains(Anne Le Goff)`,
            run: dragToConverted,
        },
        { trigger: `${preview}:contains(will be created)` },
        { trigger: `${preview}:contains(because you created it)` },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "it is still where it was",
            trigger: `${column("New")} .o_kanban_record:contains(Anne Le Goff)`,
            run: dragToConverted,
        },
        {
            trigger: `${dialog} .o_field_widget[name=opportunity_name] input`,
            run: "edit Biscuits for the fair",
        },
        {
            trigger: `${dialog} .o_field_widget[name=expected_revenue] input`,
            run: "edit 1200",
        },
        { trigger: `${preview}:contains(Biscuits for the fair)` },
        { trigger: ".modal footer button[name=action_convert]", run: "click" },
        { trigger: `${column("Converted")} .o_kanban_record:contains(Biscuits for the fair)` },
        { trigger: ".o_prospect_undo_toast button:contains(Open)" },
        { trigger: ".o_prospect_undo_toast button:has(.fa-undo)", run: "click" },
        { trigger: `${column("New")} .o_kanban_record:contains(Anne Le Goff)` },
        {
            content: "the status bar asks as well",
            trigger: `${column("New")} .o_kanban_record:contains(Anne Le Goff)`,
            run: "click",
        },
        { trigger: ".o_statusbar_status button:contains(Converted)", run: "click" },
        { trigger: `${preview}:contains(will be created)` },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(New)" },
    ],
});
