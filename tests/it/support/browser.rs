//! Controls a real browser: headless Chromium, over a pipe.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::wait_until;

const CHROMIUM_FLAGS: &str = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run \
                     --disable-background-networking --disable-component-update --disable-sync --remote-debugging-pipe";

/// The script that checks a page for accessibility.
const ACCESSIBILITY_CHECK_JS: &str = include_str!("accessibility_check.js");

/// A browser process with one page.
pub(crate) struct TestBrowser {
    process: Child,
    command_pipe: File,
    response_pipe: BufReader<File>,
    last_message_id: u64,
    session_id: String,
    events: Vec<Value>,
}

impl TestBrowser {
    /// Starts a browser with its profile in this folder, and opens an address.
    pub(crate) fn open(folder: &Path, url: &str) -> Self {
        super::assert_test_is_named_after("chromium");
        let fifo = |name: &str| {
            let path = folder.join(name);
            assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
            path
        };
        let (commands, answers) = (fifo("commands"), fifo("answers"));
        let process = Command::new("sh")
            .args(["-c", &format!("exec chromium {CHROMIUM_FLAGS} --user-data-dir=profile 3<commands 4>answers")])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Open the pipes in the order in which the shell opens them: each open waits for the other side.
        let commands = File::options().write(true).open(commands).unwrap();
        let answers = BufReader::new(File::open(answers).unwrap());
        let mut browser = Self {
            process,
            command_pipe: commands,
            response_pipe: answers,
            last_message_id: 0,
            session_id: String::new(),
            events: Vec::new(),
        };
        let target = browser.send_command("Target.createTarget", &json!({"url": url}));
        let attached =
            browser.send_command("Target.attachToTarget", &json!({"targetId": target["targetId"], "flatten": true}));
        attached["sessionId"].as_str().unwrap().clone_into(&mut browser.session_id);
        browser
    }

    /// Waits until the page contains this text.
    #[track_caller]
    pub(crate) fn wait_for_text(&mut self, words: &str) {
        let this = std::cell::RefCell::new(self);
        wait_until(&format!("the browser shows {words}"), || {
            this.borrow_mut().evaluate("document.body.innerText").is_some_and(|text| text.contains(words))
        });
    }

    /// Clicks the element of this selector.
    pub(crate) fn click(&mut self, selector: &str) {
        self.evaluate(&format!("document.querySelector('{selector}').click()"));
    }

    /// Returns the result of a script if it is a text. Returns `None` if the page goes away meanwhile.
    pub(crate) fn evaluate(&mut self, script: &str) -> Option<String> {
        let answer = self.send_command("Runtime.evaluate", &json!({"expression": script}));
        answer["result"]["value"].as_str().map(str::to_owned)
    }

    /// Opens an address in a window of this width and color scheme, and waits until the page is complete. Records
    /// requests and console messages from here on.
    pub(crate) fn visit(&mut self, url: &str, width: u32, dark: bool) {
        for domain in ["Runtime", "Log", "Network", "Page"] {
            self.send_command(&format!("{domain}.enable"), &json!({}));
        }
        self.set_window(width, dark);
        self.events.clear();
        self.send_command("Page.navigate", &json!({"url": url}));
        let this = std::cell::RefCell::new(self);
        wait_until("the page is complete", || {
            let state = this.borrow_mut().evaluate("location.href + ' ' + document.readyState");
            state.is_some_and(|state| state == format!("{url} complete"))
        });
    }

    /// Sets the width of the window and the color scheme.
    pub(crate) fn set_window(&mut self, width: u32, dark: bool) {
        let window = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600});
        self.send_command("Emulation.setDeviceMetricsOverride", &window);
        let light = json!({"name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" }});
        self.send_command("Emulation.setEmulatedMedia", &json!({"features": [light]}));
    }

    /// Returns the accessibility problems of the page in this window. An additional script gets the basic check as
    /// its argument, and returns a list too.
    pub(crate) fn find_accessibility_faults(&mut self, more: Option<&str>) -> Vec<String> {
        let all = more.map_or_else(
            || format!("({ACCESSIBILITY_CHECK_JS})()"),
            |more| format!("({more})({ACCESSIBILITY_CHECK_JS})"),
        );
        let faults = self.evaluate(&format!("JSON.stringify({all})")).expect("the script returns a text");
        serde_json::from_str(&faults).unwrap()
    }

    /// Leaves scrollbars out of later screenshots.
    pub(crate) fn hide_scrollbars(&mut self) {
        self.send_command("Emulation.setScrollbarsHidden", &json!({"hidden": true}));
    }

    /// Saves a screenshot of the window as `target/tmp/pages/NAME.png`. Returns this path.
    pub(crate) fn save_screenshot(&mut self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
        fs::create_dir_all(&folder).unwrap();
        let shot = self.send_command("Page.captureScreenshot", &json!({"format": "png"}));
        let file = folder.join(format!("{name}.png"));
        fs::write(&file, BASE64_STANDARD.decode(shot["data"].as_str().unwrap()).unwrap()).unwrap();
        file
    }

    /// Returns the accessibility tree of the page as a screen reader gets it: role and name of each element.
    pub(crate) fn accessibility_nodes(&mut self) -> Vec<(String, String)> {
        let tree = self.send_command("Accessibility.getFullAXTree", &json!({}));
        let text = |node: &Value, what: &str| node[what]["value"].as_str().unwrap_or_default().to_owned();
        let nodes = tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] != true);
        nodes
            .map(|node| (text(node, "role"), text(node, "name")))
            .filter(|(role, _)| !matches!(role.as_str(), "InlineTextBox" | "StaticText" | "generic"))
            .collect()
    }

    /// Returns the events of this kind since the last visit began.
    pub(crate) fn events(&self, kind: &str) -> Vec<&Value> {
        self.events.iter().filter(|news| news["method"] == kind).map(|news| &news["params"]).collect()
    }

    fn send_command(&mut self, method: &str, parameters: &Value) -> Value {
        self.last_message_id += 1;
        let mut message = json!({"id": self.last_message_id, "method": method, "params": parameters});
        if !self.session_id.is_empty() {
            message["sessionId"] = json!(self.session_id);
        }
        self.command_pipe.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let mut answer = Vec::new();
            self.response_pipe.read_until(0, &mut answer).unwrap();
            assert_eq!(answer.pop(), Some(0), "the browser has ended");
            let mut answer: Value = serde_json::from_slice(&answer).unwrap();
            if answer["id"] == self.last_message_id {
                return answer["result"].take();
            }
            // Everything else is an event.
            self.events.push(answer);
        }
    }
}

impl Drop for TestBrowser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Writes a script for `BROWSER` that opens nothing and writes the address into the file `address` of the folder.
/// Returns its path.
pub(crate) fn write_url_recorder(folder: &Path) -> String {
    let script = folder.join("note");
    fs::write(&script, "#!/bin/sh\nprintf %s \"$1\" > address.part && mv address.part address\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    script.display().to_string()
}

/// Tests the accessibility check itself: it finds each kind of problem.
#[test]
fn accessibility_check_in_chromium_finds_each_fault() {
    let folder = tempfile::tempdir().unwrap();
    let mut browser = TestBrowser::open(folder.path(), "about:blank");
    let file = folder.path().join("page.html");
    let good = "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>t</title>\
                <body style='background:#fff;color:#000'><main><h1>h</h1></main>";
    let faults = |browser: &mut TestBrowser, page: &str| {
        fs::write(&file, page).unwrap();
        browser.visit(url::Url::from_file_path(&file).unwrap().as_str(), 360, false);
        browser.find_accessibility_faults(None)
    };
    assert_eq!(faults(&mut browser, good), [""; 0]);
    for (what, original, broken) in [
        ("no language", " lang=en", ""),
        ("no title", "<title>t</title>", ""),
        ("viewport", "device-width", "device-width, user-scalable=no"),
        ("not one main", "<main>", "<main></main><main>"),
        ("not one h1", "<h1>h</h1>", "<h2>h</h2>"),
        ("a level left out", "</main>", "<h3>h</h3></main>"),
        ("no words", "<h1>h", "<h1>"),
        ("in no landmark", "</main>", "</main><p>p</p>"),
        ("contrast 4.4", "#000", "#787878"),
        ("contrast 4.4", "background:#fff;color:#000", "background:linear-gradient(#000,#fff);color:#787878"),
        ("small print", "<h1>", "<h1 style='font-size:11px'>"),
        ("508 wide in 360", "<h1>", "<h1 style='width:500px;margin:0'>"),
        ("no alternative", "</main>", "<img></main>"),
        ("no name", "</main>", "<button style='width:30px;height:30px'></button></main>"),
        ("focus not seen", "</main>", "<a href=x style='outline:none'>words</a></main>"),
        ("too small", "</main>", "<a href=x style='font-size:12px'>i</a></main>"),
        ("out of order", "</main>", "<button tabindex=2>words of it</button></main>"),
        ("an id twice", "</main>", "<p id=a>a</p><p id=a>a</p></main>"),
    ] {
        let found = faults(&mut browser, &good.replacen(original, broken, 1));
        assert!(found.iter().any(|fault| fault.starts_with(what)), "{what}: {found:?}");
    }
}
