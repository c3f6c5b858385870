import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { humanSize, isBinarySize } from "@web/core/utils/binary";
import { checkFileSize } from "@web/core/utils/files";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { BinaryField, binaryField } from "@web/views/fields/binary/binary_field";

/**
 * A file that is dropped on a zone, or chosen by a click anywhere on it. What is given is
 * shown with its name and size, and can be taken away or replaced the same way.
 */
export class FileDropField extends BinaryField {
    static template = "prospect.FileDropField";

    /** @override */
    setup() {
        super.setup();
        this.state = useState({ isOver: false, isReading: false });
    }

    /** The size of the file in words, "" when there is none. */
    get size() {
        const value = this.props.record.data[this.props.name];
        if (!value) {
            return "";
        }
        if (isBinarySize(value)) {
            return value;
        }
        const padding = value.endsWith("==") ? 2 : Number(value.endsWith("="));
        return humanSize((value.length / 4) * 3 - padding);
    }

    onChange(ev) {
        const [file] = ev.target.files;
        ev.target.value = null;
        return this.take(file);
    }

    onDrop(ev) {
        this.state.isOver = false;
        return this.take(ev.dataTransfer.files[0]);
    }

    onDragLeave(ev) {
        if (!ev.currentTarget.contains(ev.relatedTarget)) {
            this.state.isOver = false;
        }
    }

    /** Clicking an input does not happen by itself where the zone has the focus. */
    onKeydown(ev) {
        if (ev.key === "Enter" || ev.key === " ") {
            ev.preventDefault();
            ev.currentTarget.querySelector("input").click();
        }
    }

    onClickRemove() {
        return this.update({});
    }

    async take(file) {
        if (!file || !checkFileSize(file.size, this.notification)) {
            return;
        }
        if (!file.size) {
            this.notification.add(_t("%s is empty.", file.name), { type: "danger" });
            return;
        }
        this.state.isReading = true;
        try {
            const data = await getDataURLFromFile(file);
            await this.update({ data: data.split(",")[1], name: file.name });
        } catch {
            // a folder, or a file that has gone
            this.notification.add(_t("%s cannot be read.", file.name), { type: "danger" });
        } finally {
            this.state.isReading = false;
        }
    }
}

export const fileDropField = { ...binaryField, component: FileDropField };

registry.category("fields").add("prospect_file_drop", fileDropField);
