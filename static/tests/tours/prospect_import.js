import { registry } from "@web/core/registry";

// What comes out of an old program: semicolons, Latin-1, headers as people write them, one
// person twice, one who exists already, one row of nobody.
const FILE = [
    "Société;Nom du contact;Courriel pro;Tél.;Ville;Segment;Remarques",
    "Boulangerie Lefèvre;Zoé Martin; ZOE.MARTIN@example.com;01 99 00 12 34;Nîmes;Salon du pain;À rappeler",
    "Café de l'Ouest;Luc Petit;luc.petit@example.com;06.12.34.56.78;Orléans;Salon du pain;",
    ";Marc Girard;marc.girard@example.com;;Nice;;",
    ";Zoé Martin;zoe.martin@example.com;;Arles;;",
    ";;;;Nulle part;;",
].join("\r\n");

/** Give the file to the zone, in Latin-1. */
function giveFile(content = FILE) {
    const bytes = Uint8Array.from(content, (letter) => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], "salon.csv", { type: "text/csv" }));
    const input = document.querySelector(".o_prospect_file_drop input");
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

const at = (step) => `.o_prospect_import_step.o_current[data-step=${step}]`;
const line = (words) => `.o_prospect_operation_line:contains(${words})`;
const next = { trigger: "button[name=action_next]", run: "click" };

const open = {
    content: "one way to import, on the page itself",
    trigger: ".o_control_panel button:contains(Import)",
    run: "click",
};
const openOnPhone = [
    { trigger: "button.o-control-panel-adaptive-dropdown", run: "click" },
    { trigger: ".o-dropdown--menu button:contains(Import)", run: "click" },
];

/** From the first step to the preview. */
const toPreview = () => [
    { trigger: at("file") },
    { content: "the French template first", trigger: "a.btn-secondary[href*=modele_prospects]" },
    { trigger: ".o_prospect_file_drop:not(.o_filled)", run: () => giveFile() },
    { trigger: ".o_prospect_file_drop.o_filled:contains(salon.csv)" },
    next,
    { trigger: at("columns") },
    {
        content: "the columns were read and guessed",
        trigger: ".o_prospect_import_column:contains(Zoé Martin) select:value(contact_name)",
    },
    {
        trigger: ".o_prospect_import_column:contains(Courriel pro) select:value(email_from)",
    },
    {
        content: "but for one, which stands out",
        trigger: ".o_prospect_import_column.o_left_out:contains(Segment) select",
        run: "select tag_ids",
    },
    { trigger: ".o_prospect_import_columns:not(:has(.o_left_out))" },
    next,
    { trigger: at("options") },
    next,
    { trigger: at("preview") },
    { trigger: "[data-card=created]:contains(2)" },
    { trigger: "[data-card=updated]:contains(2)" },
    { trigger: "[data-card=failed]:contains(1)" },
];

/** From the preview to the end. */
const toUndo = () => [
    { trigger: "button[name=action_run]:contains(4)", run: "click" },
    { trigger: at("receipt") },
    { trigger: "[data-card=created]:contains(2)" },
    { trigger: "button[name=action_view_leads]" },
    { trigger: "button[name=action_download_rejected]" },
    { trigger: "button[name=action_undo]", run: "click" },
    { trigger: ".modal footer .btn-primary", run: "click" },
    { trigger: "[data-card=reversed]:contains(4)" },
    { trigger: "body:not(:has(button[name=action_undo]))" },
];

// A French salesperson tries an import on a desktop, and thinks better of it.
registry.category("web_tour.tours").add("prospect_import", {
    url: "/odoo/prospects",
    steps: () => [
        { trigger: ".o_kanban_view" },
        open,
        ...toPreview(),
        {
            content: "each update is shown as before and after",
            trigger: `${line("Marc Girard")}:contains(Nice) s:contains(Lyon)`,
        },
        {
            content: "the same person twice is told",
            trigger: `.o_prospect_operation_line:contains(Arles) .o_who:contains(2)`,
        },
        { content: "a card shows its rows only", trigger: "[data-card=failed]", run: "click" },
        { trigger: ".o_prospect_operation_lines:not(:contains(Marc Girard)) .o_reason" },
        { trigger: "[data-card=failed].active", run: "click" },
        { trigger: line("Marc Girard") },
        {
            content: "change a setting",
            trigger: "button[name=action_edit]",
            run: "click",
        },
        { trigger: at("options") },
        {
            trigger: ".o_field_widget[name=policy] input[data-value=fill]",
            run: "click",
        },
        next,
        { trigger: at("preview") },
        { trigger: "[data-card=unchanged]:contains(2)" },
        {
            content: "and another, by the steps",
            trigger: ".o_prospect_import_step[data-step=options] button",
            run: "click",
        },
        { trigger: ".o_field_widget[name=policy] input[data-value=fill]:checked" },
        {
            trigger: ".o_field_widget[name=policy] input[data-value=update]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=list_ids] input",
            run: "edit Salon de printemps",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Salon de printemps)",
            run: "click",
        },
        {
            content: "what was chosen for the columns is still there",
            trigger: ".o_prospect_import_step[data-step=columns] button",
            run: "click",
        },
        {
            trigger: ".o_prospect_import_column:contains(Segment) select:value(tag_ids)",
        },
        next,
        { trigger: at("options") },
        { trigger: ".o_field_widget[name=list_ids] .o_tag:contains(Salon de printemps)" },
        next,
        { trigger: at("preview") },
        {
            content: "coming and going has left one entry in the breadcrumbs",
            trigger: ".o_breadcrumb:not(:has(.breadcrumb-item:nth-child(2)))",
        },
        ...toUndo(),
        {
            content: "the receipt stays among the operations",
            trigger: "[data-menu-xmlid='prospect.prospect_menu_operations']",
            run: "click",
        },
        { trigger: "[data-menu-xmlid='prospect.prospect_operation_menu']", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(salon.csv)" },
    ],
});

registry.category("web_tour.tours").add("prospect_import_phone", {
    url: "/odoo/prospects",
    steps: () => [{ trigger: ".o_kanban_view" }, ...openOnPhone, ...toPreview(), ...toUndo()],
});

registry.category("web_tour.tours").add("prospect_import_paste", {
    url: "/odoo/prospects",
    steps: () => [
        { trigger: ".o_kanban_view" },
        open,
        {
            trigger: ".o_field_widget[name=pasted] textarea",
            run: (helpers) => helpers.edit("Prénom\tNom\tE-mail\nInès\tRoy\tines@example.com"),
        },
        next,
        { trigger: at("columns") },
        {
            content: "the first row is not a header: its values are read as people",
            trigger: ".o_field_widget[name=has_header] input",
            run: "click",
        },
        { trigger: ".o_prospect_import_column:contains(Prénom · Inès)" },
        { trigger: ".o_field_widget[name=has_header] input", run: "click" },
        { trigger: ".o_prospect_import_column:contains(Inès) select:value(first_name)" },
        next,
        { trigger: at("options") },
        next,
        { trigger: "button[name=action_run]", run: "click" },
        { trigger: at("receipt") },
        { trigger: "button[name=action_view_leads]", run: "click" },
        { trigger: ".o_kanban_record:contains(Inès Roy)" },
    ],
});

registry.category("web_tour.tours").add("prospect_import_background", {
    steps: () => [
        { trigger: "button[name=action_run]:contains(300)", run: "click" },
        { trigger: ".o_prospect_operation_progress .progress" },
        { trigger: "button[name=action_cancel]", run: "click" },
        { trigger: "body:not(:has(.o_prospect_operation_progress))" },
        { trigger: "button[name=action_run]" },
    ],
});

const sample = (words) => `.o_prospect_import_column:contains("${words}")`;
const choose = (name, label) => [
    {
        trigger: `.o_field_widget[name=${name}] .o_select_menu_toggler, .o_field_widget[name=${name}] input`,
        run: "click",
    },
    { trigger: `.o_select_menu_item:contains("${label}")`, run: "click" },
];

// A file whose separator, encoding and header are not what they seem to be: each is changed
// on the page, and the columns react.
registry.category("web_tour.tours").add("prospect_import_reading", {
    url: "/odoo/prospects",
    steps: () => [
        { trigger: ".o_kanban_view" },
        open,
        {
            trigger: ".o_prospect_file_drop:not(.o_filled)",
            run: () =>
                giveFile("Roux, Ana:ana@example.com:Nîmes\nBlanc, Bob:bob@example.com:Sète\n"),
        },
        { trigger: ".o_prospect_file_drop.o_filled:contains(salon.csv)" },
        next,
        { trigger: at("columns") },
        ...choose("delimiter", "( : )"),
        {
            content: "the columns are those of the other separator",
            trigger: `${sample("ana@example.com")} select:value(email_from)`,
        },
        {
            content: "the first row is one of the people",
            trigger: ".o_field_widget[name=has_header] input:not(:checked)",
        },
        { trigger: sample("Nîmes · Sète") },
        ...choose("encoding", "Windows-1251"),
        { content: "other letters", trigger: sample("Nоmes · Sиte") },
        ...choose("encoding", "Windows-1252"),
        { trigger: sample("Nîmes · Sète") },
        { trigger: ".o_field_widget[name=has_header] input", run: "click" },
        { trigger: `.o_prospect_import_column:has(.fw-bold:contains(ana@example.com))` },
        { trigger: ".o_field_widget[name=has_header] input", run: "click" },
        {
            content: "the columns are those without header again",
            trigger: `.o_prospect_import_column:has(.fw-bold:contains("Column A")):contains("Roux, Ana · Blanc, Bob")`,
        },
        { trigger: `${sample("Roux, Ana · Blanc, Bob")} select`, run: "select contact_name" },
        { trigger: `${sample("Roux, Ana · Blanc, Bob")} select:value(contact_name)` },
        next,
        { trigger: at("options") },
        next,
        { trigger: "button[name=action_run]:contains(2)", run: "click" },
        { trigger: at("receipt") },
    ],
});

// A family with one address: told in the preview, and kept apart with a click.
registry.category("web_tour.tours").add("prospect_import_apart", {
    steps: () => [
        { trigger: "[data-card=created]:contains(1)" },
        { trigger: ".o_prospect_told button[name=action_keep_apart]", run: "click" },
        { trigger: ".o_prospect_apart" },
        { trigger: "[data-card=created]:contains(3)" },
        {
            content: "thought better of it",
            trigger: ".o_prospect_apart button[name=action_keep_apart]",
            run: "click",
        },
        { trigger: "[data-card=created]:contains(1)" },
        { trigger: ".o_prospect_told button[name=action_keep_apart]", run: "click" },
        { trigger: "[data-card=created]:contains(3)" },
        { trigger: "button[name=action_run]", run: "click" },
        { trigger: "[data-card=created]:contains(3)" },
        { trigger: "button[name=action_undo]" },
    ],
});
