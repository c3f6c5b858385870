import { registry } from "@web/core/registry";

const dialog = ".modal .o_prospect_merge";
const preview = `${dialog} .o_prospect_merge_preview`;

const tick = (name) => ({
    content: `tick ${name}`,
    trigger: `.o_data_row:has(td[name=name]:contains(/^${name}$/)) .o_list_record_selector input`,
    run: "click",
});

// A sales administrator compares two prospects, chooses, merges, and undoes it.
registry.category("web_tour.tours").add("prospect_merge", {
    url: "/odoo/prospects?view_type=list",
    steps: () => [
        tick("Anne Le Goff"),
        tick("Anne Legoff"),
        { trigger: ".o_control_panel button:contains(Merge prospects)", run: "click" },
        {
            content: "the most complete one is suggested, first",
            trigger: `${dialog} thead th.o_kept:contains(Anne Le Goff):nth-child(2)`,
        },
        {
            content: "an address differs, and is marked",
            trigger: `${dialog} tr[data-row=email_from].o_differs td.o_kept:contains(anne@merge.example.com)`,
        },
        {
            content: "what only the other one has is filled in",
            trigger: `${preview}:contains(+33 6 12 34 56 78)`,
        },
        {
            content: "take the other address",
            trigger: `${dialog} tr[data-row=email_from] label:contains(a.legoff) input`,
            run: "click",
        },
        {
            content: "the preview follows",
            trigger: `${preview} td:contains(a.legoff@merge.example.com)`,
        },
        { trigger: `${preview}:contains(Moves to it)` },
        { trigger: ".modal footer button[name=action_merge]", run: "click" },
        { trigger: "[data-card=updated]:contains(Merged)" },
        { trigger: ".o_prospect_operation:contains(Merged into it):contains(Anne Legoff)" },
        { trigger: "button[name=action_view_leads]", run: "click" },
        {
            content: "one is left, with the chosen address",
            trigger: ".o_kanban_record:contains(Anne Le Goff):contains(a.legoff@merge.example.com)",
        },
        { trigger: "body:not(:has(.o_kanban_record:contains(Anne Legoff)))" },
        { trigger: ".o_back_button, .breadcrumb-item:last-child a", run: "click" },
        { trigger: "button[name=action_undo]", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: "[data-card=reversed]:contains(1)" },
    ],
});
