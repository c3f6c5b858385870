import { registry } from "@web/core/registry";
import { beginCard, column, giveReason } from "@prospect/../tests/tours/steps";

const card = ".o_kanban_record:contains(Anne Le Goff)";

// A French-speaking salesperson keeps, qualifies, finds and drops a prospect.
registry.category("web_tour.tours").add("prospect_salesperson", {
    url: "/odoo/prospects",
    steps: () => [
        {
            content: "all statuses are columns, in French",
            trigger: `${column("Nouveau")}:not(.o_column_folded)`,
        },
        { trigger: column("À clarifier") },
        ...beginCard({
            contact_name: "Anne Le Goff",
            email_from: "anne.legoff@example.com",
            phone: "01 99 00 12 34",
        }),
        { trigger: ".o_kanban_quick_create .o_kanban_add", run: "click" },
        { trigger: `${column("Nouveau")} ${card}` },
        {
            trigger: ".o_kanban_quick_create .o_kanban_cancel",
            run: "click",
        },
        { trigger: "body:not(:has(.o_kanban_quick_create))" },
        {
            content: "drag the new prospect to the next status",
            trigger: `${column("Nouveau")} ${card}`,
            run: `drag_and_drop (${column("En cours")})`,
        },
        { trigger: `${column("En cours")} ${card}` },
        { trigger: `${column("En cours")} ${card}`, run: "click" },
        {
            content: "the name was split",
            trigger: ".o_field_widget[name=last_name] input:value(Le Goff)",
        },
        {
            content: "change the status in the form",
            trigger: ".o_statusbar_status button:contains(À clarifier)",
            run: "click",
        },
        { trigger: ".o_statusbar_status button.o_arrow_button_current:contains(À clarifier)" },
        {
            content: "add to a list",
            trigger: ".o_field_widget[name=list_ids] input",
            run: "edit Salon de printemps",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Salon de printemps)",
            run: "click",
        },
        { trigger: ".o_field_widget[name=list_ids] .o_tag:contains(Salon de printemps)" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.o_form_button_save:visible))" },
        { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a", run: "click" },
        {
            content: "find by name",
            trigger: ".o_searchview_input",
            run: "edit le goff",
        },
        { trigger: ".o_searchview_autocomplete .o-dropdown-item:first", run: "click" },
        { trigger: ".o_searchview_facet:contains(le goff)" },
        { trigger: `${column("À clarifier")} ${card}`, run: "click" },
        {
            content: "mark as junk, with a reason",
            trigger: ".o_statusbar_buttons button:contains(Écarter)",
            run: "click",
        },
        ...giveReason("Adresse fausse"),
        { trigger: ".ribbon:contains(Écarté)" },
        {
            content: "and bring it back to where it was",
            trigger: ".o_statusbar_buttons button[name=action_restore]",
            run: "click",
        },
        { trigger: ".o_statusbar_status button.o_arrow_button_current:contains(À clarifier)" },
    ],
});
