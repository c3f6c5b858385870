/*
 * The public page of a form: shows and hides questions, sends without leaving the page,
 * and notifies the page around it how high it is. Without it, the page still works: the
 * server decides everything.
 */
(function () {
    "use strict";

    const form = document.querySelector(".pf-form");
    const framed = window.parent !== window;

    function announce(message) {
        if (framed) {
            // Whoever shows the form may know its height: nothing else is told
            window.parent.postMessage({ prospectForm: true, ...message }, "*");
        }
    }

    let told = 0;
    function sendHeight() {
        const main = document.getElementById("pf--main");
        const height = Math.ceil(main.getBoundingClientRect().height);
        if (height !== told) {
            told = height;
            announce({ height });
        }
    }
    if (framed) {
        window.addEventListener("message", ({ source, data }) => {
            if (source === window.parent && data && data.prospectAsk) {
                // The script around it came later than we
                told = 0;
                sendHeight();
                announce({ ready: true });
            }
        });
        new ResizeObserver(sendHeight).observe(document.getElementById("pf--main"));
        sendHeight();
    }
    if (!form) {
        announce({ ready: true });
        return;
    }

    const words = JSON.parse(form.dataset.words);
    const questions = JSON.parse(form.dataset.questions);
    const known = new Map(questions.map((question) => [question.key, question]));
    const button = form.querySelector(".pf-button");
    // Beside its builder, nothing is sent: there is nobody who answers
    const isPreview = Boolean(form.dataset.preview);
    const progress = form.querySelector(".pf-progress");
    const messageBox = document.getElementById("pf--message");
    const touched = new Set();
    let last = "";
    let sent = false;
    let sending = false;

    // --- Conditions: as tools/conditions.py, which decides -----------------------------

    const sections = new Map();
    let section = null;
    for (const question of questions) {
        sections.set(question.key, question.type === "section" ? null : section);
        if (question.type === "section") {
            section = question.key;
        }
    }

    function inputs(key) {
        return [...form.elements].filter((element) => element.name === key);
    }

    function answer(key) {
        const texts = [];
        for (const element of inputs(key)) {
            const box = element.type === "checkbox" || element.type === "radio";
            if (element.type === "file") {
                texts.push(...[...element.files].map((file) => file.name));
            } else if (!box || element.checked) {
                texts.push(element.value);
            }
        }
        return texts.filter((text) => text.trim());
    }

    function plain(text) {
        return text.trim().toLowerCase();
    }

    function isMet([, operator, wanted], given) {
        if (operator === "answered" || !given.length) {
            return given.length > 0;
        }
        const texts = new Set(wanted.map(plain));
        const hasOne = given.some((text) => texts.has(plain(text)));
        return operator === "in" ? hasOne : !hasOne;
    }

    function findShown() {
        const shown = new Map();
        function isShown(key) {
            if (!shown.has(key)) {
                shown.set(key, false);
                shown.set(key, look(known.get(key)));
            }
            return shown.get(key);
        }
        function look(question) {
            const within = sections.get(question.key);
            if (within && !isShown(within)) {
                return false;
            }
            const met = question.conditions
                .filter(([key]) => known.has(key))
                .map((one) => isMet(one, isShown(one[0]) ? answer(one[0]) : []));
            if (!met.length) {
                return !question.conditions.length;
            }
            return question.mode === "all" ? met.every(Boolean) : met.some(Boolean);
        }
        return new Set(questions.map(({ key }) => key).filter(isShown));
    }

    // --- Phones: the example is one of the chosen country ------------------------------

    for (const select of form.querySelectorAll("select.pf-country")) {
        const [input] = inputs(select.name.replace(/__country$/, ""));
        select.addEventListener("change", () => {
            if (input && input.dataset.example) {
                input.placeholder = select.selectedOptions[0].dataset.example || "";
            }
        });
    }

    function refresh() {
        const shown = findShown();
        for (const element of form.querySelectorAll("[data-key]")) {
            element.hidden = !shown.has(element.dataset.key);
        }
        return shown;
    }

    // --- Figures ------------------------------------------------------------------------

    function beacon(kind, more) {
        if (isPreview) {
            return;
        }
        const data = new URLSearchParams({
            kind,
            prospect_token: form.elements.prospect_token.value,
            ...more,
        });
        navigator.sendBeacon(form.dataset.seen, data);
    }

    function keyOf(element) {
        const owner = element.closest("[data-key]");
        return owner && known.has(owner.dataset.key) ? owner.dataset.key : "";
    }

    function touch(event) {
        const key = keyOf(event.target);
        if (!key) {
            return;
        }
        if (!touched.size) {
            beacon("start");
        }
        touched.add(key);
        last = key;
    }

    function leave() {
        const shown = [...findShown()].filter(
            (key) => !["section", "hidden"].includes(known.get(key).type)
        );
        beacon("leave", {
            shown: shown.join(","),
            touched: [...touched].join(","),
            last: sent ? "" : last,
        });
    }

    // --- Errors -------------------------------------------------------------------------

    function target(key) {
        return document.getElementById(`pf-${key}`);
    }

    function setError(key, text) {
        const owner = form.querySelector(`.pf-q[data-key="${CSS.escape(key)}"]`);
        const element = target(key);
        if (!owner || !element) {
            return;
        }
        const id = `pf-${key}-error`;
        document.getElementById(id)?.remove();
        owner.classList.toggle("pf-wrong", Boolean(text));
        const described = (element.getAttribute("aria-describedby") || "")
            .split(" ")
            .filter((one) => one && one !== id);
        if (text) {
            const error = document.createElement("p");
            error.className = "pf-error";
            error.id = id;
            error.textContent = text;
            owner.append(error);
            described.push(id);
        }
        if (text && element.getAttribute("role") !== "group") {
            element.setAttribute("aria-invalid", "true");
        } else {
            element.removeAttribute("aria-invalid");
        }
        if (described.length) {
            element.setAttribute("aria-describedby", described.join(" "));
        } else {
            element.removeAttribute("aria-describedby");
        }
    }

    function showErrors(errors, message) {
        const list = messageBox.querySelector(".pf-message-list");
        list.replaceChildren();
        let first = null;
        for (const { key } of questions) {
            setError(key, errors[key]);
            if (errors[key] && target(key)) {
                first = first || target(key);
                const item = document.createElement("li");
                const link = document.createElement("a");
                const label = form.querySelector(
                    `.pf-q[data-key="${CSS.escape(key)}"] .pf-label, ` +
                        `.pf-q[data-key="${CSS.escape(key)}"] .pf-choice span`
                );
                link.href = `#pf-${key}`;
                link.textContent = label.textContent.replace(/\s*\*\s*$/, "").trim();
                item.append(link, ` – ${errors[key]}`);
                list.append(item);
            }
        }
        messageBox.querySelector(".pf-message-text").textContent = message || "";
        messageBox.hidden = !message;
        if (message) {
            (first || messageBox).focus();
        }
    }

    // A link to a question: a click puts the focus into it
    messageBox.addEventListener("click", (event) => {
        const link = event.target.closest("a");
        const element = link && document.getElementById(link.hash.slice(1));
        if (element) {
            event.preventDefault();
            element.focus();
        }
    });

    // --- Sending ------------------------------------------------------------------------

    function setSending(on) {
        sending = on;
        button.setAttribute("aria-disabled", on ? "true" : "false");
        progress.textContent = on ? words.sending : "";
    }

    function findLarge() {
        const errors = {};
        for (const element of form.querySelectorAll("input[type=file]")) {
            const most = Number(element.dataset.most) * 1024 * 1024;
            const isShown = !element.closest("[hidden]");
            if (isShown && [...element.files].some((file) => file.size > most)) {
                errors[element.name] = words.size;
            }
        }
        return errors;
    }

    async function addCaptcha() {
        const { captcha, captchaKey } = form.dataset;
        if (captcha === "recaptcha" && window.grecaptcha) {
            await new Promise((resolve) => window.grecaptcha.ready(resolve));
            const text = await window.grecaptcha.execute(captchaKey, {
                action: "prospect_form",
            });
            setHidden("recaptcha_token_response", text);
        }
    }

    function setHidden(name, value) {
        let input = form.elements[name];
        if (!input) {
            input = document.createElement("input");
            input.type = "hidden";
            input.name = name;
            form.append(input);
        }
        input.value = value;
    }

    function makeBody() {
        const data = new FormData(form);
        for (const element of form.querySelectorAll("[hidden] [name]")) {
            if (known.has(element.name) || element.name.endsWith("__country")) {
                data.delete(element.name);
            }
        }
        if (form.enctype === "multipart/form-data") {
            return data;
        }
        return new URLSearchParams(data);
    }

    async function post() {
        const response = await fetch(form.action, {
            method: "POST",
            body: makeBody(),
            headers: { Accept: "application/json" },
            credentials: "omit",
        });
        return response.json();
    }

    async function send() {
        const large = findLarge();
        if (Object.keys(large).length) {
            showErrors(large, words.size);
            return;
        }
        setSending(true);
        try {
            await addCaptcha();
            let result = await post();
            if (result.state === "over") {
                form.elements.prospect_token.value = result.token;
                result = await post();
            }
            finish(result);
        } catch {
            showErrors({}, words.failed);
        } finally {
            setSending(false);
        }
    }

    function finish(result) {
        if (result.state === "kept") {
            sent = true;
            thank(result);
            return;
        }
        if (result.token) {
            form.elements.prospect_token.value = result.token;
        }
        showErrors(result.errors || {}, result.message || words.failed);
    }

    function thank({ url, thanks }) {
        if (url) {
            go(url);
            return;
        }
        const box = document.createElement("div");
        box.className = "pf-thanks";
        box.id = "pf--thanks";
        box.tabIndex = -1;
        box.setAttribute("role", "status");
        // The thank-you text of the form, which the server has cleaned
        box.innerHTML = thanks;
        document.querySelector(".pf-intro")?.remove();
        document.querySelector(".pf-languages")?.remove();
        form.replaceWith(box);
        box.focus();
        box.scrollIntoView({ block: "nearest" });
        announce({ answered: true });
    }

    function go(url) {
        if (!framed) {
            window.location.assign(url);
            return;
        }
        // The page around it goes there; where it has no script of ours, we try
        announce({ answered: true, go: url });
        setTimeout(() => {
            try {
                window.top.location.href = url;
            } catch {
                window.location.assign(url);
            }
        }, 400);
    }

    // --- Start --------------------------------------------------------------------------

    form.addEventListener("input", (event) => {
        touch(event);
        refresh();
        const key = keyOf(event.target);
        if (key && document.getElementById(`pf-${key}-error`)) {
            setError(key, "");
        }
    });
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (!sending && !sent && !isPreview) {
            send();
        }
    });
    window.addEventListener("pageshow", (event) => {
        if (event.persisted) {
            // Back from the page after the answer: who corrects something may send it
            sent = false;
            setSending(false);
        }
        refresh();
    });
    window.addEventListener("pagehide", leave);
    window.addEventListener("message", ({ source, data }) => {
        if (source !== window.parent || !data || !data.prospectCampaign) {
            return;
        }
        // Where the visitor comes from, as the page around it knows
        for (const name of ["utm_source", "utm_medium", "utm_campaign"]) {
            const text = data.prospectCampaign[name];
            if (typeof text === "string" && !form.elements[name].value) {
                form.elements[name].value = text.slice(0, 200);
            }
        }
        if (typeof data.page === "string") {
            form.elements.prospect_page.value = data.page.slice(0, 200);
        }
    });
    if (!framed) {
        form.elements.prospect_page.value = document.referrer.split("?")[0];
    }
    refresh();
    beacon("view");
    announce({ ready: true });
    const wrong = form.querySelector("[aria-invalid=true]") || null;
    if (wrong) {
        wrong.focus();
    }
})();
