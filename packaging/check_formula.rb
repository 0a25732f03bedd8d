# Loads a Homebrew formula with a stand-in for Homebrew's class, and checks what its audit would demand.
#
#   ruby packaging/check_formula.rb FORMULA
class Formula
  VALUES = {}
  class << self
    %i[desc homepage url sha256 license depends_on].each do |name|
      define_method(name) { |*arguments| (VALUES[name] ||= []).concat(arguments) }
    end

    def test(&block)
      VALUES[:test] = [block]
    end
  end
end

load ARGV.fetch(0)
missing = %i[desc homepage url sha256 license test].reject { |name| Formula::VALUES.key?(name) }
abort "the formula lacks #{missing.join(', ')}" unless missing.empty?
description = Formula::VALUES[:desc][0]
abort "the description is longer than 80 characters" if description.size > 80
abort "the description begins with an article" if description.match?(/\A(An?|The) /i)
abort "the description ends with a full stop" if description.end_with?(".")
abort "sha256 is no SHA-256" unless Formula::VALUES[:sha256].all? { |hash| hash.match?(/\A\h{64}\z/) }
