# A stand-in for nixpkgs with the functions that flake.nix uses, so that `nix flake check` works offline.
{
  outputs = { self }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      genAttrs = names: f: builtins.listToAttrs (map (name: { inherit name; value = f name; }) names);
      buildRustPackage = attributes: system: derivation {
        name = "${attributes.pname}-${attributes.version}";
        inherit system;
        builder = "/bin/sh";
      };
    in {
      lib = { inherit genAttrs; licenses.mit = "MIT"; };
      legacyPackages = genAttrs systems (system: {
        installShellFiles = null;
        lib.licenses.mit = "MIT";
        rustPlatform.buildRustPackage = attributes: buildRustPackage attributes system;
      });
    };
}
