//! The HTTP server: accepts connections, reads requests, gets responses from the router and applies faults to them.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::time::{Sleep, sleep};

use crate::fault_response::{apply_header_changes, plan_from_rule, rule_response};
use crate::fault_rule::{FaultPoint, FaultRule};
use crate::fault_stream::{FaultStream, ResponsePlan, SharedPlan};
use crate::http_message::{SimRequest, SimResponse};
use crate::request_log::{self, LoggedRequest};
use crate::sim_clock::format_http_date;
use crate::state::{SharedState, SimState, lock_state};
use crate::{control_http, gzip_encoder, router};

/// Limit for reading a request body. Reading stops once it is reached.
const MAX_REQUEST_BODY_BYTES: usize = 16 << 20;

/// Serves connections forever.
pub(crate) async fn serve_connections(listener: TcpListener, state: SharedState) {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            // Most likely out of file descriptors: retry.
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        let _ = socket.set_nodelay(true);
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let plan = SharedPlan::default();
            let stream = TokioIo::new(FaultStream::new(socket, plan.clone()));
            let service = service_fn(|request| handle_http_request(Arc::clone(&state), plan.clone(), request));
            let mut http = hyper::server::conn::http1::Builder::new();
            // A connection error is caused by the client or by a fault rule. There is nothing to report.
            let _ = http.auto_date_header(false).serve_connection(stream, service).await;
        });
    }
}

async fn handle_http_request(
    state: SharedState,
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
        let sim_response = control_http::handle_control_request(&mut lock_state(&state), &request);
        return Ok(build_http_response(&sim_response, ResponseBody::from_bytes(sim_response.body.clone()), &state));
    }
    let request_number = log_arrival(&state, &request);
    request.body = read_body(body).await;
    Ok(respond_with_faults(&state, &plan, &request, request_number).await)
}

/// Logs the request before anything can fail. Returns its number.
fn log_arrival(state: &SharedState, request: &SimRequest) -> u64 {
    let mut state = lock_state(state);
    let at = state.clock.now();
    let logged = LoggedRequest {
        at_ms: state.clock.elapsed().as_secs_f64() * 1000.0,
        at: at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        params: request_log::pairs_to_json(request.query_params()),
        headers: request_log::headers_to_json(&request.headers),
        user: state.bearer_user(request),
        ..LoggedRequest::default()
    };
    state.request_log.append(logged)
}

/// Responds to a request, with the first fault rule that matches it. A rule's parts apply in this order:
///
/// 1. the delay of the effect, then the control calls, then the effect of the request;
/// 2. the delay of the response, then the hold, then the stall;
/// 3. the headers, then the body and the faults in the byte stream.
async fn respond_with_faults(
    state: &SharedState,
    plan: &SharedPlan,
    request: &SimRequest,
    request_number: u64,
) -> Response<ResponseBody> {
    let (rule, mut rules_cleared) = {
        let mut state = lock_state(state);
        (take_rule(&mut state, request, request_number), state.fault_rules.watch_clearing())
    };
    let mut sim_response = match &rule {
        Some(rule) if rule.delay_before_ms > 0 => {
            let (state, request, rule) = (Arc::clone(state), request.clone(), rule.clone());
            // A task of its own: the request takes effect even if the client closes the connection meanwhile.
            let task = tokio::spawn(async move {
                sleep(rule.effect_delay()).await;
                run_request(&mut lock_state(&state), &request, request_number, Some(&rule))
            });
            task.await.unwrap_or_default()
        }
        rule => run_request(&mut lock_state(state), request, request_number, rule.as_ref()),
    };
    let Some(rule) = rule else {
        log_status(state, request_number, Some(sim_response.status));
        compress_response(state, request, &mut sim_response);
        return build_http_response(&sim_response, ResponseBody::from_bytes(sim_response.body.clone()), state);
    };
    sleep(rule.response_delay()).await;
    if rule.hold {
        // Fails if the simulator ends, which closes the connection too.
        let _ = rules_cleared.changed().await;
    }
    if rule.stall.and_then(FaultPoint::byte_count) == Some(0) {
        pending::<()>().await;
    }
    compress_response(state, request, &mut sim_response);
    log_status(state, request_number, (!rule.ends_without_response()).then_some(sim_response.status));
    plan.set(plan_from_rule(&rule));
    apply_header_changes(&mut sim_response, &rule);
    let mut body = ResponseBody::from_bytes(sim_response.body.clone());
    body.announces_length = !rule.chunked;
    body.trickle_step = rule.trickle.map(|trickle| (trickle.bytes, Duration::from_millis(trickle.every_ms)));
    build_http_response(&sim_response, body, state)
}

/// Returns the fault rule for a request and uses it up. Logs the rule and the body.
fn take_rule(state: &mut SimState, request: &SimRequest, request_number: u64) -> Option<FaultRule> {
    let matched = state.fault_rules.take_rule(request);
    if let Some(logged) = state.request_log.request_mut(request_number) {
        logged.form_pairs = request.form_fields();
        if logged.form_pairs.is_empty() {
            logged.body = String::from_utf8_lossy(&request.body).into_owned();
        }
        logged.form = request_log::pairs_to_json(logged.form_pairs.clone());
        logged.fault = matched.as_ref().map(|(_, name)| name.clone());
    }
    matched.map(|(rule, _)| rule)
}

/// Makes the rule's control calls and lets the request take effect unless the rule prevents it. Returns the rule's own
/// response if there is one, else MAL's.
fn run_request(
    state: &mut SimState,
    request: &SimRequest,
    request_number: u64,
    rule: Option<&FaultRule>,
) -> SimResponse {
    for call in rule.into_iter().flat_map(|rule| &rule.control) {
        control_http::run_control_call(state, call);
    }
    let mut sim_response = SimResponse::default();
    if rule.is_none_or(FaultRule::takes_effect) {
        sim_response = router::handle_request(state, request);
        if let Some(logged) = state.request_log.request_mut(request_number) {
            logged.mal_status = Some(sim_response.status);
        }
    }
    rule.and_then(rule_response).unwrap_or(sim_response)
}

fn compress_response(state: &SharedState, request: &SimRequest, sim_response: &mut SimResponse) {
    let is_encoded = sim_response.headers.iter().any(|(name, _)| name == "content-encoding");
    if is_encoded || sim_response.body.len() < 256 || !lock_state(state).config.gzip || !request.accepts_gzip() {
        return;
    }
    let compressed = sim_response.gzip_body.take().unwrap_or_else(|| gzip_encoder::compress(&sim_response.body).into());
    sim_response.body = compressed;
    sim_response.headers.push(("content-encoding".to_owned(), "gzip".to_owned()));
    sim_response.headers.push(("vary".to_owned(), "Accept-Encoding".to_owned()));
}

fn log_status(state: &SharedState, request_number: u64, status: Option<u16>) {
    if let Some(logged) = lock_state(state).request_log.request_mut(request_number) {
        logged.status = status;
    }
}

fn build_http_response(sim_response: &SimResponse, body: ResponseBody, state: &SharedState) -> Response<ResponseBody> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(sim_response.status).unwrap_or(StatusCode::OK);
    let headers: &mut HeaderMap = response.headers_mut();
    if !sim_response.omits_date && sim_response.headers.iter().all(|(name, _)| name != "date") {
        let date = format_http_date(lock_state(state).clock.now());
        headers.extend(HeaderValue::from_str(&date).ok().map(|date| (hyper::header::DATE, date)));
    }
    for (name, value) in &sim_response.headers {
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

/// A response body, sent whole or in pieces with pauses.
#[derive(Debug)]
struct ResponseBody {
    remaining: Bytes,
    /// True if the length is announced.
    announces_length: bool,
    /// Bytes per piece and the pause after each.
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
        let remaining = self.remaining.len();
        let size = self.trickle_step.map_or(remaining, |(size, _)| size.min(remaining));
        self.pause = self.trickle_step.map(|(_, pause)| Box::pin(sleep(pause)));
        Poll::Ready(Some(Ok(Frame::data(self.remaining.split_to(size)))))
    }

    fn is_end_stream(&self) -> bool {
        self.announces_length && self.remaining.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        if self.announces_length { SizeHint::with_exact(self.remaining.len() as u64) } else { SizeHint::default() }
    }
}
