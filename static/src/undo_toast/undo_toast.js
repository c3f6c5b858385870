import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** How long the toast stays, in milliseconds: a drag can be taken back for 60 seconds. */
export const STAY = 55000;

/**
 * A toast that says what was done, with a button that takes it back. There is one at a
 * time: what was done before it is taken back from its own page.
 */
export const undoToastService = {
    dependencies: ["action", "notification", "orm"],
    start(env, { action, notification, orm }) {
        let closeLast = () => {};

        /**
         * @param {Object} toast
         * @param {string} toast.message what was done
         * @param {() => Promise} toast.undo takes it back
         * @param {() => Promise} [toast.open] opens what was made
         * @returns {() => void} closes it
         */
        function show({ message, undo, open }) {
            closeLast();
            let isUsed = false;
            const once = (work) => async () => {
                if (!isUsed) {
                    isUsed = true;
                    close();
                    await work();
                }
            };
            const buttons = [{ name: _t("Undo"), icon: "fa-undo", onClick: once(undo) }];
            if (open) {
                buttons.unshift({ name: _t("Open"), primary: true, onClick: once(open) });
            }
            const close = notification.add(message, {
                type: "success",
                className: "o_prospect_undo_toast",
                autocloseDelay: STAY,
                buttons,
            });
            closeLast = close;
            return close;
        }

        async function undoOperation(id) {
            await orm.call("prospect.operation", "action_undo", [[id]]);
            const { message, is_clean: isClean } = await orm.call(
                "prospect.operation",
                "get_undone_toast",
                [[id]]
            );
            const close = notification.add(message, {
                type: isClean ? "success" : "warning",
                sticky: !isClean,
                buttons: isClean
                    ? []
                    : [
                          {
                              name: _t("Open"),
                              onClick: () => {
                                  close();
                                  return openOperation(id);
                              },
                          },
                      ],
            });
            await action.doAction("soft_reload");
        }

        async function openOperation(id) {
            return action.doAction(await orm.call("prospect.operation", "action_open", [[id]]));
        }

        /**
         * Show the toast of an operation that has just run, where it can be undone: a
         * bulk change, a conversion, a merge.
         *
         * @param {number} id of the ``prospect.operation``
         * @param {Object} [options]
         * @param {() => Promise} [options.open] opens what was made
         */
        async function showOperation(id, options = {}) {
            const toast = await orm.silent.call("prospect.operation", "get_undo_toast", [[id]]);
            if (toast) {
                show({ ...toast, ...options, undo: () => undoOperation(id) });
            }
        }

        return { show, showOperation };
    },
};

registry.category("services").add("prospect_undo_toast", undoToastService);

/**
 * The toast of ``params.operation_id``, then ``params.next``: what a method of the server
 * returns that has run an operation. ``params.open`` is an action of the button *Open*.
 */
registry.category("actions").add("prospect_undo_toast", async (env, { params }) => {
    const { operation_id: id, open } = params;
    const options = open ? { open: () => env.services.action.doAction(open) } : {};
    await env.services.prospect_undo_toast.showOperation(id, options);
    return params.next || { type: "ir.actions.act_window_close" };
});
