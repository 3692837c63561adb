using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace WorkflowEngine.Rules.Tests.Language;

/// <summary>Random expressions, written down and evaluated, against the same computed directly.</summary>
public sealed partial class OracleTests
{
    private static readonly FactSchema Schema = Ask.Schema("""{"x": "Int32", "y": "Int32", "p": "Boolean", "q": "Boolean"}""");

    [Fact]
    public void Arithmetic_is_that_of_the_oracle() => Prop.ForAll(
        Numbers().ToArbitrary(), ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<int?>(), (tree, x, y) =>
        {
            var text = tree.Write(0);
            var expected = Try(() => tree.Evaluate(x, y));
            var outcome = Lambda.Compile(text, Schema).Lambda!.Evaluate(new Dictionary<string, object?> { ["x"] = x, ["y"] = y }, Ask.Today);
            return (expected.Failed ? !outcome.IsSuccess : outcome.IsSuccess && Equals(outcome.Value, expected.Value))
                .Label($"{text} with x = {x}, y = {y}: expected {expected}, got {outcome}");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Logic_with_unknowns_is_that_of_the_oracle() => Prop.ForAll(
        Truths().ToArbitrary(), ArbMap.Default.ArbFor<bool?>(), ArbMap.Default.ArbFor<bool?>(), (tree, p, q) =>
        {
            var text = tree.Write(0);
            var outcome = Lambda.Compile(text, Schema).Lambda!.Evaluate(new Dictionary<string, object?> { ["p"] = p, ["q"] = q }, Ask.Today);
            return Equals(outcome.Value, tree.Evaluate(p, q)).Label($"{text} with p = {p}, q = {q}: {outcome}");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_read_or_refused_but_never_crashes() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
    {
        var result = Lambda.Compile(text ?? "");
        return result.Lambda is not null || result.Problems.Count == 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_beginning_of_an_expression_is_read_or_refused()
    {
        const string Whole = "input1.items.Where(x => x.q > 1 && x.k in (\"a\", 'b')).Select(new (q as A, np(k.l, 1.5m) as B)).OrderBy(A)[0] ?? iif(a != -1, 0x1F, ~.b)";
        for (var length = 0; length <= Whole.Length; length++)
        {
            Assert.NotNull(Lambda.Compile(Whole[..length]));
        }
    }

    [Fact]
    public void Expressions_that_were_damaged_are_answered_or_refused()
    {
        var texts = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", "expr-golden.json")))!
            .AsArray().Select(one => Words(one!["expression"]!.GetValue<string>())).ToArray();
        var facts = Ask.Facts("""{"input1": {"a": 2, "s": "x", "n": null, "items": [{"q": 1, "k": "a"}, {"q": 3}], "tags": ["a"], "e": [], "b": {"c": "d"}}}""");
        var random = new Random(20261120);
        for (var i = 0; i < 4_000; i++)
        {
            var words = texts[random.Next(texts.Length)].ToList();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var other = texts[random.Next(texts.Length)];
                words.Insert(random.Next(words.Count + 1), other[random.Next(other.Length)]);
                words.RemoveAt(random.Next(words.Count));
            }

            var text = string.Join(' ', words);
            foreach (var compat in new[] { false, true })
            {
                var lambda = Lambda.Compile(text, null, null, new RuleSettings { Compat = compat }).Lambda;
                Assert.True(lambda is null || lambda.Evaluate(facts, Ask.Today) is not null, text);
            }
        }
    }

    private static string[] Words(string expression) => [.. WordPattern().Matches(expression).Select(match => match.Value)];

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|\\w+|[^\\w\\s]", RegexOptions.None, 1000)]
    private static partial Regex WordPattern();

    private static (bool Failed, object? Value) Try(Func<int?> compute)
    {
        try
        {
            return (false, compute());
        }
        catch (Exception exception) when (exception is DivideByZeroException or OverflowException)
        {
            return (true, null);
        }
    }

    private static Gen<Number> Numbers() => Gen.Sized(size => NumbersOf(Math.Min(size, 12)));

    private static Gen<Number> NumbersOf(int size)
    {
        var leaves = Gen.OneOf(
            Gen.Constant<Number>(new Number.X()),
            Gen.Constant<Number>(new Number.Y()),
            Gen.Choose(-1000, 1000).Select(value => (Number)new Number.Constant(value)));
        return size <= 1 ? leaves : Gen.OneOf(leaves, Gen.Elements('+', '-', '*', '/', '%')
            .SelectMany(op => NumbersOf(size / 2).SelectMany(left => NumbersOf(size / 2).Select(right => (Number)new Number.Operation(op, left, right)))));
    }

    private static Gen<Truth> Truths() => Gen.Sized(size => TruthsOf(Math.Min(size, 12)));

    private static Gen<Truth> TruthsOf(int size)
    {
        var leaves = Gen.Elements("p", "q", "true", "false").Select(name => (Truth)new Truth.Leaf(name));
        return size <= 1 ? leaves : Gen.OneOf(
            leaves,
            TruthsOf(size - 1).Select(inner => (Truth)new Truth.Not(inner)),
            Gen.Elements("&&", "||").SelectMany(op => TruthsOf(size / 2).SelectMany(left => TruthsOf(size / 2).Select(right => (Truth)new Truth.Pair(op, left, right)))));
    }

    private abstract record Number
    {
        public abstract int? Evaluate(int? x, int? y);

        public abstract string Write(int level);

        public sealed record X : Number
        {
            public override int? Evaluate(int? x, int? y) => x;

            public override string Write(int level) => "x";
        }

        public sealed record Y : Number
        {
            public override int? Evaluate(int? x, int? y) => y;

            public override string Write(int level) => "y";
        }

        public sealed record Constant(int Value) : Number
        {
            public override int? Evaluate(int? x, int? y) => Value;

            public override string Write(int level) => Value.ToString(CultureInfo.InvariantCulture);
        }

        public sealed record Operation(char Operator, Number Left, Number Right) : Number
        {
            private int Level => Operator is '+' or '-' ? 1 : 2;

            public override int? Evaluate(int? x, int? y)
            {
                var (left, right) = (Left.Evaluate(x, y), Right.Evaluate(x, y));
                return unchecked(Operator switch
                {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    '/' => left / right,
                    _ => left % right,
                });
            }

            // Only the parentheses that precedence needs, so that precedence is what is tested.
            public override string Write(int level)
            {
                var text = $"{Left.Write(Level)} {Operator} {Right.Write(Level + 1)}";
                return Level < level ? $"({text})" : text;
            }
        }
    }

    private abstract record Truth
    {
        public abstract bool? Evaluate(bool? p, bool? q);

        public abstract string Write(int level);

        public sealed record Leaf(string Name) : Truth
        {
            public override bool? Evaluate(bool? p, bool? q) => Name switch
            {
                "p" => p,
                "q" => q,
                _ => Name == "true",
            };

            public override string Write(int level) => Name;
        }

        public sealed record Not(Truth Inner) : Truth
        {
            public override bool? Evaluate(bool? p, bool? q) => !Inner.Evaluate(p, q);

            public override string Write(int level) => $"!{Inner.Write(3)}";
        }

        public sealed record Pair(string Operator, Truth Left, Truth Right) : Truth
        {
            private int Level => Operator == "||" ? 1 : 2;

            public override bool? Evaluate(bool? p, bool? q) =>
                Operator == "&&" ? Left.Evaluate(p, q) & Right.Evaluate(p, q) : Left.Evaluate(p, q) | Right.Evaluate(p, q);

            public override string Write(int level)
            {
                var text = $"{Left.Write(Level)} {Operator} {Right.Write(Level + 1)}";
                return Level < level ? $"({text})" : text;
            }
        }
    }
}
