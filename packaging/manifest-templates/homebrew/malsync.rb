class Malsync < Formula
  desc "@DESCRIPTION@"
  homepage "@URL@"
  url "@DOWNLOAD@/malsync-@VERSION@-source.tar.gz"
  sha256 "@SHA256_SOURCE@"
  license "MIT"

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/malsync.bash" => "malsync"
    zsh_completion.install "completions/_malsync"
    fish_completion.install "completions/malsync.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/malsync --version")
    assert_match "MAL_CLIENT_ID", shell_output("#{bin}/malsync config show")
  end
end
