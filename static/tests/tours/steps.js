/** Steps that several tours take. */

/** The column of a status. */
export const column = (title) => `.o_kanban_group:has(.o_column_title:contains("${title}"))`;

/** Begin a new card, and fill in its fields: {name of a field: text}. */
export function beginCard(values) {
    return [
        { trigger: ".o-kanban-button-new", run: "click" },
        ...Object.entries(values).map(([name, text]) => ({
            trigger: `.o_kanban_quick_create [name=${name}] input`,
            run: `edit ${text}`,
        })),
    ];
}

/** Answer the dialog that asks why a prospect is junk. */
export function giveReason(reason) {
    const field = ".modal .o_field_widget[name=lost_reason_id]";
    return [
        { trigger: `${field} span:contains(${reason})`, run: "click" },
        { trigger: ".modal footer button[name=action_lost_reason_apply]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ];
}
