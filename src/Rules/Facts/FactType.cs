namespace WorkflowEngine.Rules;

/// <summary>The declared type of a fact. Every fact may be null: a schema says what a value is when there is one.</summary>
public abstract record FactType
{
    private FactType()
    {
    }

    public static FactType Boolean { get; } = new Scalar(typeof(bool));

    public static FactType Int32 { get; } = new Scalar(typeof(int));

    public static FactType Int64 { get; } = new Scalar(typeof(long));

    public static FactType Double { get; } = new Scalar(typeof(double));

    public static FactType Decimal { get; } = new Scalar(typeof(decimal));

    public static FactType String { get; } = new Scalar(typeof(string));

    /// <summary>Local date and time of the business zone, without offset.</summary>
    public static FactType DateTime { get; } = new Scalar(typeof(DateTime));

    public static FactType DateOnly { get; } = new Scalar(typeof(DateOnly));

    /// <summary>Not declared: the type is taken from each value.</summary>
    public static FactType Any { get; } = new Open();

    /// <summary>A single value.</summary>
    public sealed record Scalar : FactType
    {
        internal Scalar(Type clr) => Clr = clr;

        internal Type Clr { get; }

        public override string ToString() => Clr.Name;
    }

    /// <summary>A list of values of one type.</summary>
    public sealed record List(FactType Element) : FactType
    {
        public override string ToString() => $"[{Element}]";
    }

    /// <summary>An object with named members, in the order of declaration.</summary>
    public sealed record Record : FactType
    {
        private readonly Dictionary<string, int> _exact;
        private string? _text;

        /// <exception cref="ArgumentException">Two members have the same name.</exception>
        public Record(IReadOnlyList<FactMember> members)
        {
            Members = members;
            _exact = new Dictionary<string, int>(members.Count, StringComparer.Ordinal);
            for (var i = 0; i < members.Count; i++)
            {
                _exact.Add(members[i].Name, i);
            }
        }

        public IReadOnlyList<FactMember> Members { get; }

        /// <summary>The position of a member, or -1. An exact name wins over one that differs in letter case.</summary>
        internal int Find(string name, bool caseSensitive)
        {
            if (_exact.TryGetValue(name, out var index))
            {
                return index;
            }

            for (var i = 0; !caseSensitive && i < Members.Count; i++)
            {
                if (Members[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }

            return -1;
        }

        public bool Equals(Record? other) => other is not null && Members.SequenceEqual(other.Members);

        public override int GetHashCode() => Members.Aggregate(17, (hash, member) => HashCode.Combine(hash, member));

        public override string ToString() => _text ??= $"{{{string.Join(", ", Members)}}}";
    }

    internal sealed record Open : FactType
    {
        public override string ToString() => "Any";
    }

    /// <summary>A value that is null where nothing was declared: it has no type of its own.</summary>
    internal sealed record Nothing : FactType
    {
        public static Nothing Value { get; } = new();

        public override string ToString() => "Null";
    }

    /// <summary>
    /// A scalar that is known to have a value, because its type was taken from that value. Only undeclared facts have it.
    /// </summary>
    internal sealed record Present(Type Clr) : FactType
    {
        public override string ToString() => $"{Clr.Name}!";
    }
}

/// <summary>A named member of a declared object.</summary>
public sealed record FactMember(string Name, FactType Type)
{
    public override string ToString() => $"{Name}: {Type}";
}
