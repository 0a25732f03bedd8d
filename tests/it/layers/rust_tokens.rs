//! Splits Rust source text into tokens. Comments are dropped, literals carry no text.

/// One token and the line (from 1) it begins on.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// An identifier or keyword.
    Ident(String),
    /// `::`
    PathSeparator,
    /// Any other single character.
    Punct(char),
    /// A string, character or number; a lifetime too.
    Literal,
}

impl Token {
    /// The identifier, if the token is one.
    pub(crate) fn ident(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Ident(name) => Some(name),
            _ => None,
        }
    }

    /// Returns true if the token is this one character.
    pub(crate) fn is_punct(&self, wanted: char) -> bool {
        self.kind == TokenKind::Punct(wanted)
    }
}

/// Returns the tokens of a source file.
pub(crate) fn tokenize(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { chars: source.chars().collect(), position: 0, token_start: 0, line: 1 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next_token() {
        tokens.push(token);
    }
    tokens
}

/// A string in a source file.
#[derive(Clone, Debug)]
pub(crate) struct StringLiteral {
    /// The line (from 1) it begins on.
    pub(crate) line: usize,
    /// Its text as written, without escapes of line ends.
    pub(crate) text: String,
    /// The code right before it, without blanks.
    pub(crate) before: String,
}

/// Returns the strings of a source file.
pub(crate) fn string_literals(source: &str) -> Vec<StringLiteral> {
    /// How much of the code before a string is kept.
    const MAX_TOKENS_BEFORE: usize = 5;
    let mut lexer = Lexer { chars: source.chars().collect(), position: 0, token_start: 0, line: 1 };
    let (mut literals, mut before): (_, Vec<String>) = (Vec::new(), Vec::new());
    while let Some(token) = lexer.next_token() {
        let text: String = lexer.chars[lexer.token_start..lexer.position].iter().collect();
        if token.kind == TokenKind::Literal && text.contains('"') {
            let before = before.iter().rev().take(MAX_TOKENS_BEFORE).rev().map(String::as_str).collect();
            let (_, text) = text.split_once('"').expect("a quote begins a string");
            let text = text.trim_end_matches(['"', '#']).split("\\\n").map(str::trim_start);
            literals.push(StringLiteral { line: token.line, text: text.collect(), before });
        }
        before.push(text);
    }
    literals
}

struct Lexer {
    chars: Vec<char>,
    position: usize,
    /// Where the last token began.
    token_start: usize,
    line: usize,
}

impl Lexer {
    fn peek(&self, offset: usize) -> char {
        self.chars.get(self.position + offset).copied().unwrap_or('\0')
    }

    fn advance(&mut self, count: usize) {
        for _ in 0..count {
            if self.peek(0) == '\n' {
                self.line += 1;
            }
            self.position += 1;
        }
    }

    fn advance_while(&mut self, condition: impl Fn(char) -> bool) {
        while self.position < self.chars.len() && condition(self.peek(0)) {
            self.advance(1);
        }
    }

    fn next_token(&mut self) -> Option<Token> {
        self.skip_blanks_and_comments();
        if self.position >= self.chars.len() {
            return None;
        }
        let line = self.line;
        self.token_start = self.position;
        Some(Token { kind: self.read_kind(), line })
    }

    fn skip_blanks_and_comments(&mut self) {
        loop {
            self.advance_while(char::is_whitespace);
            match (self.peek(0), self.peek(1)) {
                ('/', '/') => self.advance_while(|c| c != '\n'),
                ('/', '*') => self.skip_block_comment(),
                _ => return,
            }
        }
    }

    fn skip_block_comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                ('\0', _) => return,
                _ => {
                    self.advance(1);
                    continue;
                }
            }
            self.advance(2);
            if depth == 0 {
                return;
            }
        }
    }

    fn read_kind(&mut self) -> TokenKind {
        match self.peek(0) {
            ':' if self.peek(1) == ':' => {
                self.advance(2);
                TokenKind::PathSeparator
            }
            '"' => self.read_string(),
            '\'' => self.read_char_or_lifetime(),
            c if c.is_ascii_digit() => {
                self.advance_while(|c| c.is_alphanumeric() || c == '_');
                TokenKind::Literal
            }
            c if c.is_alphabetic() || c == '_' => self.read_word(),
            c => {
                self.advance(1);
                TokenKind::Punct(c)
            }
        }
    }

    /// Reads an identifier, or the literal that a prefix such as `b`, `r` or `br#` begins.
    fn read_word(&mut self) -> TokenKind {
        let start = self.position;
        self.advance_while(|c| c.is_alphanumeric() || c == '_');
        let word: String = self.chars[start..self.position].iter().collect();
        let hashes = (0..).take_while(|&offset| self.peek(offset) == '#').count();
        let is_raw = matches!(word.as_str(), "r" | "br" | "cr");
        if is_raw && self.peek(hashes) == '"' {
            return self.read_raw_string(hashes);
        }
        if word == "r" && hashes == 1 {
            self.advance(1);
            return self.read_word();
        }
        match (word.as_str(), self.peek(0)) {
            ("b" | "c", '"') => self.read_string(),
            ("b", '\'') => self.read_char_or_lifetime(),
            _ => TokenKind::Ident(word),
        }
    }

    fn read_raw_string(&mut self, hashes: usize) -> TokenKind {
        self.advance(hashes + 1);
        while self.position < self.chars.len() {
            let is_end = self.peek(0) == '"' && (1..=hashes).all(|offset| self.peek(offset) == '#');
            self.advance(if is_end { hashes + 1 } else { 1 });
            if is_end {
                break;
            }
        }
        TokenKind::Literal
    }

    fn read_string(&mut self) -> TokenKind {
        self.advance(1);
        while self.position < self.chars.len() && self.peek(0) != '"' {
            self.advance(if self.peek(0) == '\\' { 2 } else { 1 });
        }
        self.advance(1);
        TokenKind::Literal
    }

    fn read_char_or_lifetime(&mut self) -> TokenKind {
        if self.peek(1) == '\\' {
            self.advance(3);
            self.advance_while(|c| c != '\'');
            self.advance(1);
        } else if self.peek(2) == '\'' {
            self.advance(3);
        } else {
            self.advance(1);
            self.advance_while(|c| c.is_alphanumeric() || c == '_');
        }
        TokenKind::Literal
    }
}
