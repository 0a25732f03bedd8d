//! The server: accepts connections, reads requests, lets the world answer and applies faults to the answer.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::time::{Sleep, sleep};

use crate::fault_rule::FaultRule;
use crate::http_message::{SimRequest, SimResponse};
use crate::request_log::{self, LoggedRequest};
use crate::response_stream::{ByteLimit, FaultStream, LimitAction, ResponsePlan, SharedPlan};
use crate::sim_clock::format_http_date;
use crate::state::SimState;
use crate::{control_http, gzip_encoder};

/// The world as all connections and handles share it.
pub(crate) type SharedState = Arc<Mutex<SimState>>;

/// Locks the world, also after a panic elsewhere.
pub(crate) fn lock_state(world: &SharedState) -> MutexGuard<'_, SimState> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Request bodies are read up to here; the rest is cut off.
const MAX_REQUEST_BODY_BYTES: usize = 16 << 20;

/// Serves connections for ever.
pub(crate) async fn serve_connections(listener: TcpListener, world: SharedState) {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: they come back.
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        let _ = socket.set_nodelay(true);
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            let plan = SharedPlan::default();
            let wire = TokioIo::new(FaultStream::new(socket, plan.clone()));
            let service = service_fn(|request| handle_http_request(Arc::clone(&world), plan.clone(), request));
            let mut http = hyper::server::conn::http1::Builder::new();
            // A broken connection is the client's news or the fault's aim: nothing to report here.
            let _ = http.auto_date_header(false).serve_connection(wire, service).await;
        });
    }
}

async fn handle_http_request(
    world: SharedState,
    plan: SharedPlan,
    incoming: hyper::Request<Incoming>,
) -> Result<Response<ResponseBody>, Infallible> {
    plan.set(ResponsePlan::default());
    let (head, body) = incoming.into_parts();
    let headers = head.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    let mut request = SimRequest {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: Bytes::new(),
    };
    if control_http::is_control_path(&request.path) {
        request.body = read_body(body).await;
        let answer = control_http::handle_control_request(&mut lock_state(&world), &request);
        return Ok(build_http_response(&answer, ResponseBody::from_bytes(answer.body.clone()), &world));
    }
    let number = log_arrival(&world, &request);
    request.body = read_body(body).await;
    Ok(respond_with_faults(&world, &plan, &request, number).await)
}

/// Writes the request down before anything can go wrong with it.
fn log_arrival(world: &SharedState, request: &SimRequest) -> u64 {
    let mut world = lock_state(world);
    let at = world.clock.now();
    let row = LoggedRequest {
        at_ms: world.clock.elapsed().as_secs_f64() * 1000.0,
        at: at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        params: request_log::pairs_to_json(request.query_params()),
        headers: request_log::headers_to_json(&request.headers),
        user: world.bearer_user(request),
        ..LoggedRequest::default()
    };
    world.request_log.append(row)
}

async fn respond_with_faults(
    world: &SharedState,
    plan: &SharedPlan,
    request: &SimRequest,
    number: u64,
) -> Response<ResponseBody> {
    let (mut answer, rule) = select_response(world, request, number);
    let Some(rule) = rule else {
        log_status(world, number, Some(answer.status));
        compress_response(world, request, &mut answer);
        return build_http_response(&answer, ResponseBody::from_bytes(answer.body.clone()), world);
    };
    sleep(rule.response_delay()).await;
    if rule.stall.and_then(crate::fault_rule::FaultPoint::byte_count) == Some(0) {
        pending::<()>().await;
    }
    compress_response(world, request, &mut answer);
    let silent = rule.reset.and_then(crate::fault_rule::FaultPoint::byte_count) == Some(0);
    log_status(world, number, (!silent).then_some(answer.status));
    plan.set(plan_from_rule(&rule));
    apply_header_changes(&mut answer, &rule);
    let mut pieces = ResponseBody::from_bytes(answer.body.clone());
    pieces.announces_length = !rule.chunked;
    pieces.trickle_step = rule.trickle.map(|trickle| (trickle.bytes, Duration::from_millis(trickle.every_ms)));
    build_http_response(&answer, pieces, world)
}

/// Under one lock: the body into the log, the rule used up, its calls made, the request taking effect or not.
fn select_response(world: &SharedState, request: &SimRequest, number: u64) -> (SimResponse, Option<FaultRule>) {
    let mut world = lock_state(world);
    let form = request.form_fields();
    let taken = world.fault_rules.take_rule(request);
    if let Some(row) = world.request_log.request_mut(number) {
        if form.is_empty() {
            row.body = String::from_utf8_lossy(&request.body).into_owned();
        }
        row.form = request_log::pairs_to_json(form);
        row.fault = taken.as_ref().map(|(_, name)| name.clone());
    }
    let Some((rule, _)) = taken else {
        return (world.handle_request(request), None);
    };
    for call in &rule.control {
        control_http::run_control_call(&mut world, call);
    }
    let own = rule_response(&rule);
    let answer = if rule.takes_effect() { world.handle_request(request) } else { SimResponse::default() };
    (own.unwrap_or(answer), Some(rule))
}

/// The rule's own answer, if it has one.
fn rule_response(rule: &FaultRule) -> Option<SimResponse> {
    if let Some(size) = rule.gzip_bomb_bytes {
        let status = rule.status.unwrap_or(200);
        return Some(SimResponse::json(status, gzip_encoder::build_bomb(size)).with_header("content-encoding", "gzip"));
    }
    if let Some(to) = &rule.redirect {
        let mut answer = SimResponse::redirect(to);
        answer.status = rule.status.unwrap_or(307);
        return Some(answer);
    }
    match (rule.response_body(), rule.status) {
        (Some((bytes, kind)), status) => Some(SimResponse::with_content_type(status.unwrap_or(200), kind, bytes)),
        (None, Some(status)) => Some(SimResponse::html(status, "")),
        (None, None) => rule.raw.is_some().then(|| SimResponse::html(200, "")),
    }
}

fn plan_from_rule(rule: &FaultRule) -> ResponsePlan {
    let after =
        |after: Option<crate::fault_rule::FaultPoint>| after.and_then(crate::fault_rule::FaultPoint::byte_count);
    let raw = rule.raw_bytes().map(Bytes::from);
    let (limit, then) = match (after(rule.reset), after(rule.stall), rule.cut_after_bytes) {
        (Some(bytes), _, _) => (Some(ByteLimit::Response(bytes)), LimitAction::Reset),
        (None, Some(bytes), _) => (Some(ByteLimit::Response(bytes)), LimitAction::Stall),
        (None, None, Some(bytes)) => (Some(ByteLimit::Body(bytes)), LimitAction::Close),
        (None, None, None) => (None, LimitAction::Close),
    };
    ResponsePlan { limit, at_limit: then, raw }
}

/// Sets and takes away headers as the rule says.
fn apply_header_changes(answer: &mut SimResponse, rule: &FaultRule) {
    for (name, value) in &rule.headers {
        let name = name.to_ascii_lowercase();
        answer.headers.retain(|(known, _)| *known != name);
        let values = match value {
            Value::Array(values) => values.clone(),
            Value::Null => vec![],
            value => vec![value.clone()],
        };
        for value in values {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            answer.headers.push((name.clone(), text));
        }
        answer.omits_date |= value.is_null() && name == "date";
    }
}

fn compress_response(world: &SharedState, request: &SimRequest, answer: &mut SimResponse) {
    let coded = answer.headers.iter().any(|(name, _)| name == "content-encoding");
    if coded || answer.body.len() < 256 || !lock_state(world).config.gzip || !request.accepts_gzip() {
        return;
    }
    let packed = answer.gzip_body.take().unwrap_or_else(|| gzip_encoder::compress(&answer.body).into());
    answer.body = packed;
    answer.headers.push(("content-encoding".to_owned(), "gzip".to_owned()));
    answer.headers.push(("vary".to_owned(), "Accept-Encoding".to_owned()));
}

fn log_status(world: &SharedState, number: u64, status: Option<u16>) {
    if let Some(row) = lock_state(world).request_log.request_mut(number) {
        row.status = status;
    }
}

fn build_http_response(answer: &SimResponse, pieces: ResponseBody, world: &SharedState) -> Response<ResponseBody> {
    let mut response = Response::new(pieces);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers: &mut HeaderMap = response.headers_mut();
    if !answer.omits_date && answer.headers.iter().all(|(name, _)| name != "date") {
        let date = format_http_date(lock_state(world).clock.now());
        headers.extend(HeaderValue::from_str(&date).ok().map(|date| (hyper::header::DATE, date)));
    }
    for (name, value) in &answer.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            headers.append(name, value);
        }
    }
    response
}

async fn read_body(mut body: Incoming) -> Bytes {
    let mut bytes = Vec::new();
    while bytes.len() < MAX_REQUEST_BODY_BYTES {
        let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
        let Some(Ok(frame)) = frame else { break };
        if let Ok(data) = frame.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    bytes.into()
}

/// A body, whole or in pieces with pauses between.
#[derive(Debug)]
struct ResponseBody {
    remaining: Bytes,
    /// Whether the length is announced.
    announces_length: bool,
    /// The size of a piece and the pause after it.
    trickle_step: Option<(usize, Duration)>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl ResponseBody {
    fn from_bytes(remaining: Bytes) -> Self {
        Self { remaining, announces_length: true, trickle_step: None, pause: None }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(pause) = &mut self.pause {
            std::task::ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        if self.remaining.is_empty() {
            return Poll::Ready(None);
        }
        let most = self.remaining.len();
        let size = self.trickle_step.map_or(most, |(size, _)| size.min(most));
        self.pause = self.trickle_step.map(|(_, wait)| Box::pin(sleep(wait)));
        Poll::Ready(Some(Ok(Frame::data(self.remaining.split_to(size)))))
    }

    fn is_end_stream(&self) -> bool {
        self.announces_length && self.remaining.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        if self.announces_length { SizeHint::with_exact(self.remaining.len() as u64) } else { SizeHint::default() }
    }
}
