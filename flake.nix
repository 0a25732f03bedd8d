{
  description = "Sync your MyAnimeList anime list to a local SQLite or PostgreSQL database";
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      forAllSystems = f: nixpkgs.lib.genAttrs systems (system: f nixpkgs.legacyPackages.${system});
    in {
      packages = forAllSystems (pkgs: {
        default = pkgs.rustPlatform.buildRustPackage {
          pname = "malsync";
          version = (builtins.fromTOML (builtins.readFile ./Cargo.toml)).workspace.package.version;
          src = self;
          cargoLock.lockFile = ./Cargo.lock;
          cargoBuildFlags = [ "--package" "malsync" ];
          nativeBuildInputs = [ pkgs.installShellFiles ];
          # The tests start PostgreSQL, a browser and a keyring, which the build sandbox lacks.
          doCheck = false;
          postInstall = ''
            installManPage man/*.1
            installShellCompletion completions/{malsync.bash,malsync.fish,_malsync}
          '';
          meta = {
            description = "Sync your MyAnimeList anime list to a local SQLite or PostgreSQL database";
            license = pkgs.lib.licenses.mit;
            mainProgram = "malsync";
          };
        };
      });
    };
}
